// A channel that is tested with the installed kit, and with GoogleTest.
#include <troupe/testing.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

struct addition {
  int by = 0;
  TROUPE_FIELDS(by)
};

class counter : public troupe::channel {
  void setup() override {
    on<addition>("add", [this](const troupe::member&, const addition& a) -> troupe::call_result {
      if (a.by == 0)
        return troupe::refuse("nothing to add");
      broadcast("total", total_ += a.by);
      return troupe::done();
    });
  }
  int total_ = 0;
};

TEST(Counter, TellsEverybodyTheTotal) {
  troupe::testing::channel_under_test<counter> t{"counter:a"};
  auto ada = t.join();
  auto bob = t.join();
  EXPECT_TRUE(ada.call("add", addition{2}).ok());
  EXPECT_EQ(bob.broadcasts<int>("total"), std::vector{2});
  EXPECT_EQ(bob.news(), "subscribed null\nbroadcast total 2");
}

TEST(Counter, RefusesNothing) {
  troupe::testing::channel_under_test<counter> t{"counter:a"};
  auto ada = t.join();
  EXPECT_EQ(ada.call("add", addition{0}), troupe::error_code::refused);
  const auto found = troupe::testing::heard_in_order(ada.heard(), {"subscribed", "error refused"});
  EXPECT_TRUE(found) << found;
  EXPECT_THROW((void)ada.broadcasts<int>("total").back(), troupe::testing::unmet);
}
