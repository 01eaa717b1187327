// The counter of the smallest program.

#include "examples/hello/counter.hpp"

#include <troupe/testing.hpp>

#include <catch2/catch.hpp>

using troupe::testing::channel_under_test;

TEST_CASE("a counter counts for everybody who listens, and forgets when it crashes") {
  channel_under_test<counter> t{"counter:a"};
  auto ada = t.join();
  auto bob = t.join();
  CHECK(ada.call("add", addition{2}).ok());
  CHECK(bob.call("add", addition{3}).ok());
  CHECK(ada.broadcasts<int>("total") == std::vector{2, 5});
  CHECK(ada.call("add", "two") == troupe::error_code::bad_message);
  t.crash();
  CHECK(ada.call("add", addition{1}).ok());
  CHECK(ada.broadcasts<int>("total").back() == 1);
}
