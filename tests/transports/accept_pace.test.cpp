#include "transports/accept_pace.hpp"

#include <catch2/catch.hpp>

#include <random>

namespace troupe::transports::test {

namespace {

using clock = accept_pace::clock;
using namespace std::chrono_literals;

/// As a listener does, with as many clients as come: from `start` on for `span`.
std::size_t accepts(accept_pace& pace, clock::time_point start, clock::duration span, std::size_t& longest_batch) {
  std::size_t all = 0;
  for (auto now = start; now < start + span;) {
    std::size_t batch = 0;
    for (; pace.may(now); ++batch)
      pace.accepted(now);
    longest_batch = std::max(longest_batch, batch);
    all += batch;
    now += pace.rest();
  }
  return all;
}

} // namespace

TEST_CASE("a storm of connections is accepted at its rate, in small batches, and nobody is asked to wait for long") {
  for (const std::size_t rate : {10u, 100u, 1000u, 10'000u, 1'000'000u}) {
    INFO(rate);
    accept_pace pace(rate);
    std::size_t batch = 0;
    const auto in_a_second = accepts(pace, clock::time_point{1h}, 1s, batch);
    CHECK(in_a_second >= rate * 9 / 10);
    CHECK(in_a_second <= rate + 64);
    CHECK(batch <= std::max<std::size_t>(rate / 100, 1));
    CHECK(batch <= 64);
    CHECK(pace.rest() <= 100ms);
  }
}

TEST_CASE("a pause is not saved up for a storm") {
  accept_pace pace(1000);
  std::size_t batch = 0;
  (void)accepts(pace, clock::time_point{1h}, 1s, batch);
  CHECK(accepts(pace, clock::time_point{2h}, 1s, batch) <= 1000 + 10);
  CHECK(batch <= 10);
}

TEST_CASE("those who come no faster than the pace are all accepted when they come") {
  accept_pace pace(1000);
  std::minstd_rand dice;
  std::uniform_int_distribution<int> microseconds{1001, 3000};
  auto now = clock::time_point{1h};
  for (int i = 0; i < 10'000; ++i, now += std::chrono::microseconds{microseconds(dice)}) {
    REQUIRE(pace.may(now));
    pace.accepted(now);
  }
}

} // namespace troupe::transports::test
