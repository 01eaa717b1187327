#include "examples/dashboard/threshold.hpp"

#include <catch2/catch.hpp>

using examples::threshold;

TEST_CASE("a threshold rings once the figure has been too high for as many samples as it is patient") {
  threshold a{{"cpu", 80, 70, 3}};
  CHECK_FALSE(a.next(90));
  CHECK_FALSE(a.next(90));
  CHECK(a.next(90) == true);
  CHECK(a.raised());
  CHECK_FALSE(a.next(95)); // it rings once
}

TEST_CASE("a sample in between starts the count anew") {
  threshold a{{"cpu", 80, 70, 2}};
  CHECK_FALSE(a.next(90));
  CHECK_FALSE(a.next(10));
  CHECK_FALSE(a.next(90));
  CHECK(a.next(90) == true);
}

TEST_CASE("it is cleared below the lower threshold only") {
  threshold a{{"cpu", 80, 70, 1}};
  REQUIRE(a.next(81) == true);
  CHECK_FALSE(a.next(75));
  CHECK(a.next(69) == false);
  CHECK_FALSE(a.raised());
}
