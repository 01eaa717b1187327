#include "actors/hosting/fan_in.hpp"

#include <catch2/catch.hpp>

using troupe::actors::fan_in;

TEST_CASE("an answer made of parts is finished once, when the last part has arrived and all have been asked for") {
  int finished = 0;
  const auto all = std::make_shared<fan_in>([&](const auto&) { ++finished; });
  all->expect();
  all->arrived(); // at once, before the next is asked for
  CHECK(finished == 0);
  all->expect();
  all->begin();
  CHECK(finished == 0);
  all->arrived();
  CHECK(finished == 1);
}

TEST_CASE("an answer made of nothing is finished at once") {
  int finished = 0;
  std::make_shared<fan_in>([&](const auto&) { ++finished; })->begin();
  CHECK(finished == 1);
}
