#include "actors/containers/fifo.hpp"

#include "tests/seed.hpp"

#include <catch2/catch.hpp>

#include <deque>
#include <memory>
#include <random>

using troupe::actors::fifo;

TEST_CASE("a fifo does what a deque does", "[fifo]") {
  const auto seed = troupe::test::seed();
  INFO("TROUPE_SEED=" << seed);
  std::mt19937 dice{seed};
  fifo<int> under_test;
  std::deque<int> model;
  for (int i = 0; i < 20'000; ++i) {
    const auto dip = i / 2'000 % 2 == 0 ? 2 : 4; // grows, then shrinks
    if (dice() % 5 >= static_cast<unsigned>(dip)) {
      under_test.push_back(i);
      model.push_back(i);
    } else if (!model.empty()) {
      REQUIRE(under_test.front() == model.front());
      under_test.pop_front();
      model.pop_front();
    }
    if (dice() % 500 == 0 && !model.empty()) {
      const auto at = dice() % model.size();
      under_test.erase(at);
      model.erase(model.begin() + static_cast<std::ptrdiff_t>(at));
    }
    if (dice() % 1'000 == 0) {
      const auto odd = [](int n) { return n % 2 != 0; };
      REQUIRE(under_test.erase_if(odd) == std::erase_if(model, odd));
    }
    REQUIRE(under_test.size() == model.size());
    REQUIRE(under_test.empty() == model.empty());
    if (!model.empty()) {
      REQUIRE(under_test.back() == model.back());
      REQUIRE(under_test[model.size() / 2] == model[model.size() / 2]);
    }
  }
  REQUIRE(std::equal(under_test.begin(), under_test.end(), model.begin(), model.end()));
}

TEST_CASE("what leaves a fifo is destroyed at once, and an emptied one keeps little memory", "[fifo]") {
  const auto token = std::make_shared<int>(1);
  fifo<std::shared_ptr<int>> under_test;
  for (int i = 0; i < 1'000; ++i)
    under_test.push_back(token);
  REQUIRE(token.use_count() == 1'001);
  for (long left = 1'000; left > 0; --left) {
    under_test.pop_front();
    REQUIRE(token.use_count() == left);
  }
  REQUIRE(under_test.empty());
}
