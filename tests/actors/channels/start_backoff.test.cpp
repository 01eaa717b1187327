#include "actors/channels/start_backoff.hpp"

#include <catch2/catch.hpp>

using namespace troupe::actors;
using namespace std::chrono_literals;

TEST_CASE("each failure doubles the pause until the channel has lived for a while", "[broker]") {
  start_backoff all;
  start_backoff::time_point now{1h};
  CHECK_FALSE(all.wait("a", now));
  for (const auto pause : {1s, 2s, 4s, 8s, 16s, 30s, 30s}) {
    all.failed("a", now);
    CHECK(all.wait("a", now) == pause);
    CHECK_FALSE(all.wait("b", now));
    now += pause - 1ms;
    CHECK(all.wait("a", now) == 1ms);
    now += 1ms;
    CHECK_FALSE(all.wait("a", now));
  }
  SECTION("one that is swept begins anew") {
    now += start_backoff::memory + 1ms;
    all.sweep(now);
  }
  SECTION("one that is not swept, too") { now += start_backoff::memory + 1ms; }
  all.failed("a", now);
  CHECK(all.wait("a", now) == 1s);
}

TEST_CASE("what is remembered of failing channels is bounded", "[broker]") {
  start_backoff all;
  start_backoff::time_point now{1h};
  for (std::size_t i = 0; i <= start_backoff::kept_max; ++i)
    all.failed(std::to_string(i), now);
  CHECK(all.wait(std::to_string(start_backoff::kept_max - 1), now));
  CHECK_FALSE(all.wait(std::to_string(start_backoff::kept_max), now));
}
