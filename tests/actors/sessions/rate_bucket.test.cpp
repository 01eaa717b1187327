// How many commands a bucket lets through, in time that is stepped.

#include "actors/sessions/rate_bucket.hpp"

#include <catch2/catch.hpp>

using namespace troupe::actors;
using namespace std::chrono_literals;

namespace {

/// A client that asks as fast as it can.
struct asker {
  bool ask() { return bucket.take_in_hand() || bucket.take(rate, now); }
  /// How many it gets at once.
  int all() {
    int n = 0;
    while (n < 1'000'000 && ask())
      ++n;
    return n;
  }

  rate_bucket::bounds rate;
  rate_bucket bucket{};
  rate_bucket::time now{1h};
};

} // namespace

TEST_CASE("a bucket lets its burst through at once, and then one after each pause", "[rate]") {
  asker a{rate_bucket::bounds::of(10, 5)};
  CHECK(a.all() == 5);
  CHECK(a.bucket.wait(a.rate, a.now) == 100ms);
  a.now += 99'999'999ns;
  CHECK_FALSE(a.ask());
  CHECK(a.bucket.wait(a.rate, a.now) == 1ns);
  a.now += 1ns;
  CHECK(a.bucket.wait(a.rate, a.now) == 0ns);
  CHECK(a.all() == 1);
  a.now += 250ms;
  CHECK(a.all() == 2);
  a.now += 50ms; // with what was left of the last pause
  CHECK(a.all() == 1);
}

TEST_CASE("over a long time no more than the rate goes through, lots or not", "[rate]") {
  asker a{rate_bucket::bounds::of(1000, 2000)};
  int sum = a.all();
  CHECK(sum == 2000);
  for (int step = 0; step < 1000; ++step, a.now += 7ms)
    sum += a.all();
  CHECK(sum == 2000 + 7 * 999);
}

TEST_CASE("a client at sixty commands a second never meets a thousand a second", "[rate]") {
  asker a{rate_bucket::bounds::of(1000, 2000)};
  for (int frame = 0; frame < 60'000; ++frame, a.now += 16'666'667ns)
    REQUIRE(a.ask());
}

TEST_CASE("who was silent for long has a full bucket, and at most the rest of a lot on top of it", "[rate]") {
  asker a{rate_bucket::bounds::of(100, 160)};
  REQUIRE(a.ask());
  a.now += 24h;
  CHECK(a.all() == 160 + 160 / 16);
  asker small{rate_bucket::bounds::of(10, 5)};
  REQUIRE(small.ask());
  small.now += 24h;
  CHECK(small.all() == 5);
}

TEST_CASE("a burst of nothing is as many as in a period", "[rate]") {
  asker a{rate_bucket::bounds::of(30, 0, 1min)};
  CHECK(a.all() == 30);
  a.now += 2s;
  CHECK(a.all() == 1);
}

TEST_CASE("a bucket that is made smaller lacks no more than it holds then", "[rate]") {
  asker a{rate_bucket::bounds::of(1, 1'000'000)};
  CHECK(a.all() == 1'000'000);
  a.rate = rate_bucket::bounds::of(10, 5);
  CHECK_FALSE(a.ask());
  CHECK(a.bucket.wait(a.rate, a.now) == 100ms);
  a.now += 500ms;
  CHECK(a.all() == 5);
}
