#include "actors/sessions/fair_turns.hpp"

#include "tests/seed.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <random>
#include <vector>

using troupe::actors::fair_turns;

namespace {

std::vector<std::uint64_t> all_of(fair_turns& turns) {
  std::vector<std::uint64_t> order;
  while (!turns.empty())
    order.push_back(turns.take());
  return order;
}

} // namespace

TEST_CASE("addresses take turns, and within an address nobody is overtaken") {
  fair_turns turns;
  for (std::uint64_t number = 1; number <= 4; ++number)
    turns.add(number, 100, 1);
  turns.add(5, 200, 1);
  turns.add(6, 300, 1);
  turns.add(7, 200, 1);
  CHECK(all_of(turns) == std::vector<std::uint64_t>{1, 5, 6, 2, 7, 3, 4});
}

TEST_CASE("an address keeps its turn when its first gives up, and gets no earlier one by leaving and coming again") {
  fair_turns turns;
  turns.add(1, 100, 1);
  turns.add(2, 100, 1);
  turns.add(3, 200, 1);
  turns.remove(1);
  turns.remove(1);
  turns.add(4, 300, 1);
  turns.remove(3);
  turns.add(5, 200, 1);
  CHECK(all_of(turns) == std::vector<std::uint64_t>{2, 4, 5});
}

TEST_CASE("the last of the address that weighs most makes room, unless the one who comes would weigh as much") {
  fair_turns turns;
  CHECK(turns.makes_room_for(100, 1) == 0);
  turns.add(1, 100, 10);
  turns.add(2, 100, 10);
  turns.add(3, 200, 5);
  CHECK(turns.makes_room_for(100, 1) == 0);
  CHECK(turns.makes_room_for(200, 15) == 0);
  CHECK(turns.makes_room_for(200, 14) == 2);
  CHECK(turns.makes_room_for(300, 19) == 2);
  turns.remove(2);
  CHECK(turns.makes_room_for(300, 9) == 1);
  CHECK(turns.makes_room_for(300, 10) == 0);
}

TEST_CASE("whatever comes and goes, each is taken once and weights add up") {
  const auto seed = troupe::test::seed();
  INFO("TROUPE_SEED=" << seed);
  std::mt19937 dice{seed};
  fair_turns turns;
  std::map<std::uint64_t, std::size_t> model; // weights of those who wait
  for (std::uint64_t number = 1; number <= 20'000; ++number) {
    const auto weight = dice() % 50;
    turns.add(number, dice() % 20, weight);
    model[number] = weight;
    if (dice() % 2 == 0)
      REQUIRE(model.erase(turns.take()) == 1);
    if (const auto gone = 1 + dice() % number; dice() % 2 == 0) {
      turns.remove(gone);
      model.erase(gone);
    }
    REQUIRE(turns.size() == model.size());
    std::size_t sum = 0;
    if (number % 100 == 0) {
      for (const auto& [one, w] : model)
        sum += w;
      REQUIRE(turns.weight() == sum);
    }
  }
  for (const auto number : all_of(turns))
    CHECK(model.erase(number) == 1);
  CHECK(model.empty());
  CHECK(turns.weight() == 0);
}
