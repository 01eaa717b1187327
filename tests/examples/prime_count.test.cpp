#include "examples/progress/prime_count.hpp"

#include <catch2/catch.hpp>

using examples::prime_count;

namespace {

prime_count counted(std::uint64_t up_to, std::uint64_t slice) {
  prime_count c{up_to};
  while (!c.done())
    c.advance(slice);
  return c;
}

} // namespace

TEST_CASE("primes are counted right, whatever the slices") {
  for (auto slice : {1u, 7u, 1000u, 100000u}) {
    CHECK(counted(2, slice).now().found == 1);
    CHECK(counted(100, slice).now().found == 25);
    CHECK(counted(10'000, slice).now().found == 1'229);
  }
  CHECK(counted(200'000, 20'000).now().found == 17'984);
  CHECK(counted(100, 7).now().largest == 97);
}

TEST_CASE("squares of primes at the very end are no primes") {
  CHECK(counted(9, 1).now().found == 4);
  CHECK(counted(49, 10).now().found == 15);
  CHECK(counted(121, 10).now().largest == 113);
}

TEST_CASE("a count goes on from a saved state") {
  prime_count first{10'000};
  first.advance(4'321);
  prime_count second{first.now()};
  while (!second.done())
    second.advance(1'000);
  CHECK(second.now().found == 1'229);
}

TEST_CASE("a finished count stays finished") {
  auto c = counted(100, 1000);
  c.advance(1000);
  CHECK(c.now().found == 25);
  CHECK(c.now().next == 101);
}
