#include "examples/whiteboard/drawing.hpp"

#include <catch2/catch.hpp>

using namespace examples;

namespace {

/// A piece of `points` points whose stroke number is `stroke`.
std::string piece(unsigned stroke, std::size_t points, char colour = 1) {
  std::string p{static_cast<char>(stroke & 0xff), static_cast<char>(stroke >> 8), colour, 4};
  return p + std::string(points * 4, 'p');
}

} // namespace

TEST_CASE("a piece has a header, two to 256 whole points and a known colour") {
  CHECK(what_is_wrong(piece(1, 2)).empty());
  CHECK(what_is_wrong(piece(1, 256)).empty());
  CHECK_FALSE(what_is_wrong("").empty());
  CHECK_FALSE(what_is_wrong(piece(1, 1)).empty());
  CHECK_FALSE(what_is_wrong(piece(1, 257)).empty());
  CHECK_FALSE(what_is_wrong(piece(1, 2) + "x").empty());
  CHECK_FALSE(what_is_wrong(piece(1, 2, 8)).empty());
}

TEST_CASE("a drawing comes back from its pages as it was") {
  drawing one;
  for (unsigned i = 0; i < 500; ++i)
    one.add(piece(i, 2 + i % 40));
  const auto pages = one.pages();
  CHECK(pages.size() > 1);
  drawing two;
  for (const auto& page : pages) {
    CHECK(page.size() <= drawing::page_bytes_max);
    two.add_page(page);
  }
  CHECK(two.pieces() == 500);
  CHECK(two.pages() == pages);
}

TEST_CASE("a drawing is bounded: the oldest pieces go") {
  drawing d;
  for (unsigned i = 0; i < 2000; ++i)
    d.add(piece(i, 256));
  CHECK(d.bytes() <= drawing::bytes_max);
  CHECK(d.pieces() > 100);
  const auto last = piece(1999, 256);
  CHECK(d.pages().back().substr(d.pages().back().size() - last.size()) == last);
}

TEST_CASE("a page that is cut anywhere brings what is whole and breaks nothing") {
  drawing d;
  d.add(piece(1, 2));
  d.add(piece(2, 3));
  const auto page = d.pages().front();
  for (std::size_t cut = 0; cut < page.size(); ++cut) {
    drawing other;
    other.add_page(std::string_view{page}.substr(0, cut));
    CHECK(other.pieces() <= 2);
  }
}

TEST_CASE("an empty or cleared drawing has no pages") {
  drawing d;
  CHECK(d.pages().empty());
  d.add(piece(1, 2));
  d.clear();
  CHECK(d.pages().empty());
  CHECK(d.bytes() == 0);
}
