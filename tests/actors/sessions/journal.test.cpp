#include "actors/sessions/journal.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::actors;

namespace {

private_item item(std::string words, std::size_t bytes = 10) {
  private_item what;
  what.what = protocol::push{"room:1", "hint", payload::json_text("\"" + words + "\""), 0};
  what.bytes = bytes;
  return what;
}

std::vector<std::string> words_of(const journal::resumption& r) {
  std::vector<std::string> all;
  for (const auto& k : r.said)
    if (const auto* p = std::get_if<protocol::push>(&k.what.what))
      all.emplace_back(p->data.json().substr(1, p->data.json().size() - 2));
  return all;
}

} // namespace

TEST_CASE("a client that has received everything goes on without anything being said again") {
  journal j{{}};
  j.sent(1, {100, 5, 1}, 3, journal::kind::numbered);
  j.said(1, item("a"));
  REQUIRE(j.count() == 4);
  const auto r = j.go_back(4);
  REQUIRE(r);
  REQUIRE(r->stretches.empty());
  REQUIRE(r->said.empty());
  REQUIRE(r->stretches_known);
  REQUIRE(r->said_known);
  REQUIRE(j.count() == 4);
}

TEST_CASE("of each subscription the first stretch that has not arrived whole says where to go on") {
  journal j{{}};
  j.sent(1, {100, 5, 1}, 3, journal::kind::numbered);  // 1 to 3
  j.sent(2, {700, 9, 1}, 2, journal::kind::mixed);     // 4, 5
  j.sent(1, {103, 8, 1}, 4, journal::kind::numbered);  // 6 to 9
  const auto r = j.go_back(2);
  REQUIRE(r->stretches.size() == 2);
  REQUIRE(r->stretches[0].of == 1);
  REQUIRE(r->stretches[0].from.entry == 100);
  REQUIRE(r->stretches[0].end == 3);
  REQUIRE(r->stretches[1].of == 2);
  REQUIRE(r->stretches[1].from.entry == 700);
  REQUIRE(j.count() == 2);
  REQUIRE(j.empty());
}

TEST_CASE("runs that adjoin are one stretch, as long as it is short") {
  journal j{{4, 1024}};
  for (int i = 0; i < 200; ++i)
    j.sent(1, {static_cast<sequence>(100 + i), static_cast<offset_t>(i), 1}, 1, journal::kind::numbered);
  const auto r = j.go_back(150);
  REQUIRE(r->stretches_known);
  REQUIRE(r->stretches[0].end - r->stretches[0].messages <= 150);
  REQUIRE(r->stretches[0].end > 150);
  REQUIRE(r->stretches[0].from.offset == r->stretches[0].end - r->stretches[0].messages);
}

TEST_CASE("what was said to its client alone is said again from the first that has not arrived, in order") {
  journal j{{}};
  j.said(1, item("a"));
  j.said(0, item("b"));
  j.sent(1, {100, 5, 1}, 1, journal::kind::numbered);
  j.said(1, item("c"));
  REQUIRE(words_of(*j.go_back(1)) == std::vector<std::string>{"b", "c"});
}

TEST_CASE("what is acknowledged is kept no longer, and costs nothing") {
  journal j{{}};
  j.said(1, item("a"));
  j.sent(1, {100, 5, 1}, 1, journal::kind::numbered);
  j.said(1, item("b"));
  j.acknowledge(2);
  REQUIRE(j.bytes() == 10);
  j.acknowledge(1000); // more than was ever sent
  REQUIRE(j.bytes() == 10);
  j.acknowledge(3);
  REQUIRE(j.empty());
  REQUIRE(j.bytes() == 0);
}

TEST_CASE("nobody goes on behind what was never sent") {
  journal j{{}};
  j.said(1, item("a"));
  REQUIRE_FALSE(j.go_back(2));
  REQUIRE(j.go_back(1));
}

TEST_CASE("past its bounds the oldest goes, and whoever has not received even that hears so") {
  journal j{{2, 25}};
  for (std::uint32_t s = 1; s <= 4; ++s)
    j.sent(s, {s * 100, s, 1}, 1, journal::kind::numbered);
  journal k = j;
  REQUIRE(j.go_back(2)->stretches_known);
  REQUIRE_FALSE(k.go_back(1)->stretches_known);
  journal said{{2, 25}};
  for (const auto* w : {"a", "b", "c"})
    said.said(1, item(w));
  journal again = said;
  const auto some = said.go_back(1);
  REQUIRE(some->said_known);
  REQUIRE(words_of(*some) == std::vector<std::string>{"b", "c"});
  REQUIRE_FALSE(again.go_back(0)->said_known);
}

TEST_CASE("one message that is larger than the bound is not kept: who has not received it hears so, and what went before stays") {
  journal j{{4, 25}};
  j.said(1, item("a"));
  j.said(1, item("large", 26));
  j.said(1, item("b"));
  REQUIRE(j.bytes() == 20);
  journal k = j;
  const auto some = j.go_back(0);
  REQUIRE_FALSE(some->said_known);
  REQUIRE(words_of(*some) == std::vector<std::string>{"a", "b"});
  k.acknowledge(1); // of what went before is no word on what was lost
  journal l = k;
  REQUIRE_FALSE(k.go_back(1)->said_known);
  const auto rest = l.go_back(2);
  REQUIRE(rest->said_known);
  REQUIRE(words_of(*rest) == std::vector<std::string>{"b"});
}

TEST_CASE("who is told that something is missing is told so at each return, until it has received what came after") {
  journal j{{4, 25}};
  j.said(1, item("large", 26));
  REQUIRE_FALSE(j.go_back(0)->said_known);
  j.note_loss();
  REQUIRE_FALSE(j.go_back(0)->said_known);
  j.said(1, item("a"));
  j.begin_at(j.count());
  journal k = j;
  REQUIRE(k.go_back(1)->said_known);
}

TEST_CASE("the end of a membership keeps where it ended, for as long as the last word") {
  journal j{{}};
  j.sent(1, {100, 5, 1}, 2, journal::kind::numbered);
  j.note_end(1, {"room:1", {"e", 7}, std::nullopt});
  j.said(1, item("out"));
  REQUIRE(j.count() == 3);
  journal k = j;
  REQUIRE(j.go_back(1)->said.size() == 2);
  k.acknowledge(3);
  REQUIRE(k.empty());
}

TEST_CASE("a gap before a last word that is dropped does not make the word unknown") {
  journal j{{4, 100}};
  j.note_end(1, {"room:1", {"e", 1}, std::nullopt});
  j.said(1, item("over", 90)); // there is no room for the gap
  const auto r = j.go_back(0);
  REQUIRE(words_of(*r) == std::vector<std::string>{"over"});
  REQUIRE(r->said_known);
}

TEST_CASE("runs with an offset between them that was not for this client say so") {
  journal j{{4, 1024}};
  j.sent(1, {100, 5, 1}, 1, journal::kind::numbered); // 6
  j.sent(1, {101, 6, 1}, 1, journal::kind::numbered); // 7
  SECTION("one after the other") { REQUIRE(j.go_back(1)->stretches[0].is == journal::kind::numbered); }
  SECTION("between two runs") {
    j.sent(1, {103, 8, 1}, 1, journal::kind::numbered); // 9
    REQUIRE(j.go_back(1)->stretches[0].is == journal::kind::holed);
  }
  SECTION("within one") {
    j.sent(1, {102, 7, 1}, 2, journal::kind::holed);
    const auto r = j.go_back(1);
    REQUIRE(r->stretches[0].is == journal::kind::holed);
    REQUIRE(r->stretches[0].messages == 4);
  }
}
