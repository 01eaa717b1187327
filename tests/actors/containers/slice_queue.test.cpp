#include "actors/containers/slice_queue.hpp"

#include <catch2/catch.hpp>

#include <string>

using troupe::actors::slice_queue;

TEST_CASE("slices of one piece of work come before the next begins") {
  slice_queue q{8};
  std::string done;
  const auto work = [&done](char name, int slices) {
    return [&done, name, slices]() mutable { return done += name, --slices == 0; };
  };
  CHECK(q.add(work('a', 3)));
  CHECK(q.add(work('b', 2)));
  int turns = 1;
  while (q.run())
    ++turns;
  CHECK(done == "aaabb");
  CHECK(turns == 5);
  CHECK_FALSE(q.run());
}

TEST_CASE("past its bound nothing more is taken, and there is room again when one is done") {
  slice_queue q{2};
  const auto at_once = [] { return true; };
  CHECK(q.add(at_once));
  CHECK(q.add(at_once));
  CHECK_FALSE(q.add(at_once));
  CHECK(q.run());
  CHECK(q.add(at_once));
}
