// The whiteboard's channel; tests/examples/drawing.test.cpp has what it keeps.

#include "examples/whiteboard/board.hpp"
#include "tests/examples/demo_configuration.hpp"

#include <troupe/testing.hpp>

#include <catch2/catch.hpp>

using namespace examples;
using troupe::error_code;
using troupe::payload;

namespace {

struct sketch : troupe::testing::channel_under_test<board> {
  sketch() : channel_under_test("board:sketch", test::demo_configuration()) {}
};

payload piece(char stroke) { return payload::binary(std::string{stroke, '\0', '\1', '\4'} + std::string(8, 'p')); }

/// What a client heard of the drawing, in order: "in with 1", a stroke's number, "cleared".
std::string seen(const troupe::testing::channel_client& who) {
  std::string text;
  for (const auto& one : who.heard())
    if (one.event == "begin")
      text += "in with " + std::to_string(one.data.as<board_size>().pieces) + " ";
    else if (one.event == "draw")
      text += std::to_string(one.data.raw()[0]) + " ";
    else if (one.event == "cleared")
      text += "cleared ";
  return text;
}

} // namespace

TEST_CASE("a stroke is seen by the others, kept, and on the board of newcomers after a crash") {
  sketch t;
  auto ada = t.join();
  auto bob = t.join();
  CHECK(ada.publish("draw", piece(1)).ok());
  CHECK(bob.broadcasts("draw").back() == piece(1));
  CHECK(ada.broadcasts("draw").empty());
  t.crash();
  auto eve = t.join();
  CHECK(eve.pushes<board_size>("begin").back().pieces == 1);
  CHECK(eve.pushes("page").size() == 1);
}

TEST_CASE("a board takes strokes and cursors, and nothing else") {
  sketch t;
  auto ada = t.join();
  auto bob = t.join();
  CHECK(ada.publish("draw", payload::binary("short")) == error_code::bad_message);
  CHECK(ada.publish("draw", "text") == error_code::bad_message);
  CHECK(ada.publish("cursor", payload::binary("four")) == error_code::refused);
  CHECK(ada.publish("other", payload::binary("12345")) == error_code::refused);
  CHECK(ada.publish("cursor", payload::binary("12345")).ok());
  CHECK(bob.broadcasts("cursor").size() == 1);
  CHECK(t.history().empty());
  CHECK(t.client().publish("draw", piece(1)) == error_code::not_joined);
}

TEST_CASE("who goes takes its cursor along, and a cleared board is empty for newcomers") {
  sketch t;
  auto ada = t.join();
  auto bob = t.join();
  bob.lose();
  CHECK(ada.broadcasts<board_member>("gone").back().id == to_string(bob.id()));
  ada.publish("draw", piece(1));
  CHECK(ada.call("clear").ok());
  CHECK(t.join().pushes<board_size>("begin").back().pieces == 0);
}

TEST_CASE("a board and what is heard of it agree, whatever is drawn, cleared and entered in one turn") {
  sketch t;
  auto ada = t.join();
  auto bob = t.client(), eve = t.client();
  t.at_once([&] {
    ada.publish("draw", piece(1));
    bob.join();
    ada.call("clear");
    ada.publish("draw", piece(2));
    ada.publish("draw", piece(3));
    eve.join();
    ada.publish("draw", piece(4));
  });
  CHECK(seen(ada) == "in with 0 cleared ");
  CHECK(seen(bob) == "in with 1 cleared 2 3 4 ");
  CHECK(seen(eve) == "in with 2 4 ");
}
