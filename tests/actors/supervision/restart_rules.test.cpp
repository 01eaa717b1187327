// The pure parts of supervision, without an actor system.

#include "actors/supervision/backoff.hpp"
#include "actors/supervision/restart_intensity.hpp"
#include "actors/supervision/strategy.hpp"
#include "tests/seed.hpp"

#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>
#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::actors;

namespace {
const caf::actor_clock::time_point epoch{1'000s};
}

// -- intensity ----------------------------------------------------------------

TEST_CASE("five restarts in ten seconds are allowed, the sixth is not") {
  restart_intensity intensity{{5, 10s}};
  for (int i = 0; i < 5; ++i)
    CHECK(intensity.allow(epoch + i * 1s));
  CHECK_FALSE(intensity.allow(epoch + 9999ms));
}

TEST_CASE("restarts that are older than the window do not count") {
  restart_intensity intensity{{2, 10s}};
  CHECK(intensity.allow(epoch));
  CHECK(intensity.allow(epoch + 9s));
  CHECK_FALSE(intensity.allow(epoch + 9500ms));
  CHECK(intensity.allow(epoch + 19500ms));
}

TEST_CASE("with no restarts allowed the first is one too many") {
  restart_intensity intensity{{0, 10s}};
  CHECK_FALSE(intensity.allow(epoch));
}

// -- backoff ------------------------------------------------------------------

TEST_CASE("pauses double up to the longest and begin anew after a reset") {
  const restart_pause pause{100ms, 1s, 2.0, 0.0, 10s};
  std::mt19937_64 dice{1};
  backoff pauses;
  for (auto expected : {100ms, 200ms, 400ms, 800ms, 1000ms, 1000ms})
    CHECK(pauses.next(pause, dice) == expected);
  pauses.reset();
  CHECK(pauses.next(pause, dice) == 100ms);
}

TEST_CASE("jitter spreads pauses within its bounds, the same for the same seed") {
  const auto seed = troupe::test::seed();
  INFO("TROUPE_SEED=" << seed);
  const restart_pause pause{1000ms, 1s, 2.0, 0.2, 10s};
  std::mt19937_64 dice{seed};
  std::mt19937_64 same{seed};
  backoff pauses;
  backoff twin;
  auto shortest = 2000ms;
  auto longest = 0ms;
  for (int i = 0; i < 2'000; ++i) {
    const auto p = pauses.next(pause, dice);
    REQUIRE(p == twin.next(pause, same));
    REQUIRE(p >= 800ms);
    REQUIRE(p <= 1200ms);
    shortest = std::min(shortest, p);
    longest = std::max(longest, p);
  }
  CHECK(shortest < 850ms);
  CHECK(longest > 1150ms);
}

TEST_CASE("a thousand failures in a row do not overflow the pause") {
  const restart_pause pause{100ms, 10s, 2.0, 0.0, 10s};
  std::mt19937_64 dice{1};
  backoff pauses;
  for (int i = 0; i < 2'000; ++i)
    CHECK(pauses.next(pause, dice) <= 10s);
}

// -- strategy -----------------------------------------------------------------

TEST_CASE("each strategy restarts its own range of children") {
  CHECK(affected(supervision_strategy::one_for_one, 2, 4) == affected_range{2, 3});
  CHECK(affected(supervision_strategy::one_for_all, 2, 4) == affected_range{0, 4});
  CHECK(affected(supervision_strategy::rest_for_one, 2, 4) == affected_range{2, 4});
}

TEST_CASE("permanent children always restart, transient ones when they failed, temporary ones never") {
  const caf::error crash = caf::sec::runtime_error;
  const caf::error killed = caf::exit_reason::kill;
  const caf::error shutdown = caf::exit_reason::user_shutdown;
  for (const auto& reason : {caf::error{}, crash, killed, shutdown}) {
    CHECK(wants_restart(restart_policy::permanent, reason));
    CHECK_FALSE(wants_restart(restart_policy::temporary, reason));
  }
  CHECK(wants_restart(restart_policy::transient, crash));
  CHECK(wants_restart(restart_policy::transient, killed));
  CHECK_FALSE(wants_restart(restart_policy::transient, shutdown));
  CHECK_FALSE(wants_restart(restart_policy::transient, caf::error{}));
}
