// The job that counts primes; tests/examples/prime_count.test.cpp has the counting.

#include "examples/progress/job.hpp"
#include "tests/examples/demo_configuration.hpp"

#include <troupe/testing.hpp>

#include <catch2/catch.hpp>

using namespace examples;
using namespace std::chrono_literals;
using troupe::error_code;

namespace {

struct job_under_test : troupe::testing::channel_under_test<job> {
  job_under_test() : channel_under_test("job:1", test::demo_configuration()) {}
};

} // namespace

TEST_CASE("a job counts, tells how far it is to whoever looks, and keeps its beginning and its end") {
  job_under_test t;
  auto ada = t.join();
  CHECK(ada.pushes<job_report>("state").back().looked_at == 0);
  const auto told = ada.call("start", job_order{1'000'000});
  CHECK(told.as<job_report>().state == "running");
  t.pass(2s);
  const auto done = ada.broadcasts<job_report>("done").back();
  CHECK(done.found == 78498);
  CHECK(done.largest == 999983);
  CHECK(ada.broadcasts("progress").size() == 3); // each 15 slices of 20,000, but the last
  std::vector<std::string> kept;
  for (const auto& p : t.history())
    kept.push_back(p->event);
  CHECK(kept == std::vector<std::string>{"started", "done"});
}

TEST_CASE("a job takes one order at a time, within bounds, and can be called off") {
  job_under_test t;
  auto ada = t.join();
  CHECK(ada.call("cancel") == error_code::refused);
  CHECK(ada.call("start", job_order{1}) == error_code::refused);
  CHECK(ada.call("start", job_order{100'000'001}) == error_code::refused);
  CHECK(ada.call("start", job_order{100'000'000}).ok());
  CHECK(ada.call("start", job_order{10}) == error_code::refused);
  CHECK(ada.call("cancel").ok());
  const auto found = ada.broadcasts<job_report>("cancelled").back().found;
  t.pass(1s);
  CHECK(t.join().joined().as<job_report>().found == found);
}

TEST_CASE("a count that was confirmed goes on after a crash, and when nobody looks") {
  job_under_test t;
  auto ada = t.join();
  ada.call("start", job_order{2'000'000}); // 800 ms of slices
  t.crash();
  ada.leave();
  t.pass(400ms);
  CHECK(t.lives());
  ada.join();
  CHECK(ada.joined().as<job_report>().looked_at == 1'000'001); // fifty slices, from 2
  ada.leave();
  t.pass(1h);
  CHECK_FALSE(t.lives()); // done, and nobody there
  CHECK(ada.join().as<job_report>().state == "done");
}
