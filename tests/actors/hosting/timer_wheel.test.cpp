#include "actors/hosting/timer_wheel.hpp"

#include "tests/seed.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <optional>
#include <random>
#include <vector>

using namespace std::chrono_literals;
using troupe::actors::timer;
using troupe::actors::timer_wheel;

namespace {

const timer_wheel::clock::time_point epoch{1'000s};

struct wheel_fixture {
  timer_wheel wheel{epoch};
  int calls = 0;
  timer one{[this] { ++calls; }};
  std::size_t at(std::chrono::milliseconds t) { return wheel.advance(epoch + t); }
};

} // namespace

TEST_CASE_METHOD(wheel_fixture, "a timer is called once, at the first tick at or after its deadline") {
  wheel.schedule(one, epoch + 250ms);
  CHECK(at(299ms) == 0);
  CHECK(one.armed());
  CHECK(at(300ms) == 1);
  CHECK_FALSE(one.armed());
  CHECK(at(60s) == 0);
  CHECK(calls == 1);
}

TEST_CASE_METHOD(wheel_fixture, "a deadline on a tick is met at that tick, one in the past at the next") {
  wheel.schedule(one, epoch + 200ms);
  CHECK(at(200ms) == 1);
  wheel.schedule(one, epoch + 100ms);
  CHECK(at(299ms) == 0);
  CHECK(at(300ms) == 1);
  wheel.schedule(one, epoch - 5s);
  CHECK(at(400ms) == 1);
}

TEST_CASE_METHOD(wheel_fixture, "a deadline beyond one round waits for its round") {
  wheel.schedule(one, epoch + 10min);
  for (auto t = 0ms; t < 10min; t += 100ms)
    REQUIRE(at(t) == 0);
  CHECK(at(10min) == 1);
}

TEST_CASE_METHOD(wheel_fixture, "one long step meets every deadline on the way, in order") {
  std::vector<int> order;
  timer late{[&] { order.push_back(3); }};
  timer early{[&] { order.push_back(1); }};
  timer middle{[&] { order.push_back(2); }};
  wheel.schedule(late, epoch + 3h);
  wheel.schedule(early, epoch + 1s);
  wheel.schedule(middle, epoch + 52200ms); // the slot of `early`, a round later
  CHECK(at(5h) == 3);
  CHECK(order == std::vector{1, 2, 3});
}

TEST_CASE_METHOD(wheel_fixture, "a moved timer is called at its new deadline only, a cancelled one never") {
  wheel.schedule(one, epoch + 1s);
  wheel.schedule(one, epoch + 2s);
  CHECK(wheel.armed() == 1);
  CHECK(at(1900ms) == 0);
  CHECK(at(2s) == 1);
  wheel.schedule(one, epoch + 3s);
  wheel.cancel(one);
  CHECK(wheel.armed() == 0);
  CHECK(at(9s) == 0);
}

TEST_CASE_METHOD(wheel_fixture, "a timer that is never due can be armed") {
  wheel.schedule(one, timer_wheel::clock::time_point::max());
  CHECK(at(24h) == 0);
  CHECK(one.armed());
}

TEST_CASE_METHOD(wheel_fixture, "a callback may arm its own timer again") {
  int beats = 0;
  timer_wheel::clock::time_point next = epoch;
  std::optional<timer> heart;
  heart.emplace([&] {
    ++beats;
    next += 1s;
    wheel.schedule(*heart, next);
  });
  wheel.schedule(*heart, next += 1s);
  for (auto t = 0ms; t <= 10s; t += 100ms)
    at(t);
  CHECK(beats == 10);
}

TEST_CASE_METHOD(wheel_fixture, "a callback that arms its timer for the past is called once per step") {
  std::optional<timer> eager;
  eager.emplace([&] {
    ++calls;
    wheel.schedule(*eager, epoch);
  });
  wheel.schedule(*eager, epoch);
  CHECK(at(1s) == 1);
  CHECK(at(2s) == 1);
  CHECK(at(2050ms) == 0);
}

TEST_CASE_METHOD(wheel_fixture, "a callback may destroy its own timer") {
  auto token = std::make_shared<int>(7);
  auto mortal = std::make_unique<timer>([] {});
  std::unique_ptr<timer>* place = &mortal;
  int seen = 0;
  mortal = std::make_unique<timer>([place, token, &seen] {
    place->reset();
    seen = *token; // what was captured is still there
  });
  wheel.schedule(*mortal, epoch + 1s);
  CHECK(at(1s) == 1);
  CHECK(seen == 7);
  CHECK_FALSE(mortal);
  CHECK(token.use_count() == 1);
}

TEST_CASE_METHOD(wheel_fixture, "a callback may destroy or cancel others that are due at the same tick") {
  auto victim = std::make_unique<timer>([this] { calls += 100; });
  timer killer{[&] {
    victim.reset();
    one.cancel();
  }};
  wheel.schedule(killer, epoch + 1s);
  wheel.schedule(*victim, epoch + 1s);
  wheel.schedule(one, epoch + 1s);
  CHECK(at(1s) == 1);
  CHECK(calls == 0);
  CHECK(wheel.armed() == 0);
}

TEST_CASE_METHOD(wheel_fixture, "a callback may postpone another that is due at the same tick") {
  timer meddler{[&] { wheel.schedule(one, epoch + 2s); }};
  wheel.schedule(meddler, epoch + 1s);
  wheel.schedule(one, epoch + 1s);
  CHECK(at(1s) == 1);
  CHECK(calls == 0);
  CHECK(at(2s) == 1);
  CHECK(calls == 1);
}

TEST_CASE_METHOD(wheel_fixture, "advancing from within a callback, or backwards, does nothing") {
  timer nested{[&] { CHECK(at(9s) == 0); }};
  wheel.schedule(nested, epoch + 1s);
  wheel.schedule(one, epoch + 2s);
  CHECK(at(1s) == 1);
  CHECK(at(500ms) == 0);
  CHECK(wheel.advance(epoch - 1s) == 0);
  CHECK(at(2s) == 1);
}

TEST_CASE("a timer may outlive its wheel") {
  timer t{[] {}};
  {
    timer_wheel wheel{epoch};
    wheel.schedule(t, epoch + 1s);
  }
  CHECK_FALSE(t.armed());
}

TEST_CASE("many timers, moved and cancelled at random, are called when they should be") {
  const auto seed = troupe::test::seed();
  INFO("TROUPE_SEED=" << seed);
  std::mt19937 dice{seed};
  timer_wheel wheel{epoch};
  auto now = epoch;
  struct waiter {
    std::optional<timer> t;
    timer_wheel::clock::time_point deadline = timer_wheel::clock::time_point::max();
  };
  std::vector<waiter> all(200);
  for (auto& w : all)
    w.t.emplace([&] {
      REQUIRE(w.deadline <= now);
      w.deadline = timer_wheel::clock::time_point::max();
    });
  for (int step = 0; step < 5'000; ++step) {
    auto& w = all[dice() % all.size()];
    if (dice() % 4 == 0) {
      w.t->cancel();
      w.deadline = timer_wheel::clock::time_point::max();
    } else {
      w.deadline = now + std::chrono::milliseconds{dice() % 120'000};
      wheel.schedule(*w.t, w.deadline);
    }
    now += std::chrono::milliseconds{dice() % 300};
    wheel.advance(now);
    for (const auto& x : all)
      REQUIRE(x.deadline > now - 2 * wheel.resolution());
  }
}
