#include "actors/channels/started_counts.hpp"

#include <catch2/catch.hpp>

using troupe::actors::started_counts;
using verdict = started_counts::verdict;

TEST_CASE("who has no live channel left is forgotten, and may start again", "[broker]") {
  started_counts all;
  const started_counts::limits most{2, 3};
  CHECK(all.may_start({1, 11}, most) == verdict::may);
  all.started({1, 11});
  all.started({1, 11});
  CHECK(all.may_start({1, 11}, most) == verdict::over_session);
  CHECK(all.may_start({1, 12}, most) == verdict::may);
  all.started({1, 12});
  CHECK(all.may_start({1, 12}, most) == verdict::over_address);
  CHECK(all.may_start({2, 21}, most) == verdict::may);
  all.ended({1, 11});
  CHECK(all.may_start({1, 11}, most) == verdict::may);
  all.ended({1, 11});
  all.ended({1, 12});
  CHECK(all.size() == 0);
}

TEST_CASE("the node itself may start any number, and limits of zero are none", "[broker]") {
  started_counts all;
  for (int i = 0; i < 10; ++i)
    all.started({});
  CHECK(all.size() == 0);
  CHECK(all.may_start({}, {1, 1}) == verdict::may);
  for (int i = 0; i < 10; ++i)
    all.started({1, 11});
  CHECK(all.may_start({1, 11}, {0, 0}) == verdict::may);
  CHECK(all.may_start({1, 11}, {0, 5}) == verdict::over_address);
}
