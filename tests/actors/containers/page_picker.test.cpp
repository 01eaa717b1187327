#include "actors/containers/page_picker.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace troupe::actors;
using picker = page_picker<std::string>;

namespace {

std::string letters(picker& of) {
  std::string all;
  for (const auto& place : of.take())
    all += place.key;
  return all;
}

/// a=3 b=1 c=2 d=3 e=1, in an order that is none.
picker offered(std::size_t most, page_order order, std::optional<picker::place> after = {}) {
  picker p{most, order, std::move(after)};
  for (const auto& [key, value] : {std::pair{"d", 3}, {"b", 1}, {"a", 3}, {"e", 1}, {"c", 2}})
    p.offer(value, std::string_view{key});
  return p;
}

} // namespace

TEST_CASE("a page is the first of the order, equals by their keys") {
  auto up = offered(10, {});
  CHECK(letters(up) == "becad");
  auto down = offered(10, {true, false});
  CHECK(letters(down) == "adcbe");
  auto backwards = offered(10, {true, true});
  CHECK(letters(backwards) == "daceb");
}

TEST_CASE("pages follow each other without a hole, whatever their size") {
  for (std::size_t most = 1; most <= 6; ++most) {
    std::string all;
    std::optional<picker::place> after;
    for (int page = 0; page < 6; ++page) {
      auto p = offered(most, {true, false}, after);
      CHECK(p.offered() == 5);
      CHECK(p.behind() == 5 - all.size());
      const auto places = p.take();
      CHECK(places.size() == std::min(most, 5 - all.size()));
      for (const auto& place : places)
        all += place.key;
      if (places.empty())
        break;
      after = places.back();
    }
    CHECK(all == "adcbe");
  }
}

TEST_CASE("a page of nothing counts all the same") {
  auto p = offered(0, {});
  CHECK(p.offered() == 5);
  CHECK(p.take().empty());
}
