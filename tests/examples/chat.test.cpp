// The chat's room.

#include "examples/chat/room.hpp"
#include "tests/examples/demo_configuration.hpp"

#include <troupe/testing.hpp>

#include <catch2/catch.hpp>

using namespace examples;
using namespace std::chrono_literals;
using troupe::error_code;
using troupe::testing::heard_in_order;
using troupe::testing::never_heard;

namespace {

struct tea_room : troupe::testing::channel_under_test<room> {
  tea_room() : channel_under_test("room:tea", test::demo_configuration()) {}
};

} // namespace

TEST_CASE("what is said in a room is heard in it, by its sender, too, and before the reply") {
  troupe::testing::channel_under_test<room> t{"room:tea"};
  auto ada = t.join(room_entry{"Ada", "c1"});
  CHECK(ada.call("say", saying{"hi", "1"}).ok());
  CHECK(t.broadcasts<message>("message").back().text == "hi");
  t.crash(); t.pass(5s);
  CHECK(heard_in_order(ada.heard(), {"broadcast message", "reply"}));
  CHECK(ada.call("say", saying{"still here", "2"}).ok());
  const auto last = ada.broadcasts<message>("message").back();
  CHECK(last.text == "still here");
  CHECK(last.name == "Ada");
  CHECK(last.id == "2");
  CHECK(last.time == t.now());
}

TEST_CASE("a room tells who comes in what it is about, who is there and what was said") {
  tea_room t;
  auto ada = t.join(room_entry{"Ada", "a"});
  ada.call("topic", topic{"Engines"});
  ada.call("say", saying{"hi", "1"});
  auto bob = t.join(room_entry{"Bob", "b"});
  const auto view = bob.joined().as<room_view>();
  CHECK(view.topic == "Engines");
  CHECK(view.you == to_string(bob.id()));
  REQUIRE(view.members.size() == 2);
  CHECK(view.members[0].name == "Ada");
  REQUIRE(view.recent.size() == 1);
  CHECK(view.recent[0].text == "hi");
  CHECK(ada.broadcasts<person>("joined").back().name == "Bob");
  CHECK(never_heard(bob.heard(), "broadcast joined"));
}

TEST_CASE("a room's words have their bounds, whatever is too long or empty") {
  tea_room t;
  CHECK(t.join(room_entry{"", "c"}).joined() == error_code::refused);
  CHECK(t.join(room_entry{std::string(25, 'n'), "c"}).joined() == error_code::refused);
  CHECK(t.join(room_entry{"Ada", std::string(65, 'c')}).joined() == error_code::refused);
  CHECK(t.join().joined() == error_code::bad_message);
  auto ada = t.join(room_entry{"二十四個字的名字二十四個字的名字二十四個字的名字", std::string(64, 'c')}); // 24 characters of 3 bytes
  CHECK(ada.call("say", saying{"", "1"}) == error_code::refused);
  CHECK(ada.call("say", saying{std::string(1001, 'x'), "1"}) == error_code::refused);
  CHECK(ada.call("say", saying{std::string(1000, 'x'), "1"}).ok());
  CHECK(ada.call("topic", topic{""}) == error_code::refused);
  CHECK(ada.publish("message", message{}) == error_code::refused); // nobody speaks in another's name
}

TEST_CASE("who types is seen by the others while they look, and by nobody later") {
  tea_room t;
  auto ada = t.join(room_entry{"Ada", "a"});
  auto bob = t.join(room_entry{"Bob", "b"});
  ada.call("typing", typing{true});
  CHECK(bob.broadcasts<typing_person>("typing").back().name == "Ada");
  CHECK(ada.broadcasts("typing").empty());
  for (const auto& p : t.history())
    CHECK(p->event != "typing");
}

TEST_CASE("a page that comes back takes its old place, and who goes is told") {
  tea_room t;
  auto ada = t.join(room_entry{"Ada", "a"});
  auto old = t.join(room_entry{"Bob", "b"});
  old.drop();
  auto bob = t.join(room_entry{"Bob", "b"});
  CHECK_FALSE(old.is_in());
  CHECK(ada.broadcasts<person>("left").back().id == to_string(old.id()));
  CHECK(bob.joined().as<room_view>().members.size() == 2);
  bob.leave();
  CHECK(ada.broadcasts<person>("left").back().name == "Bob");
  CHECK(t.members().size() == 1);
}

TEST_CASE("a topic that was confirmed is what newcomers hear after a crash") {
  tea_room t;
  auto ada = t.join(room_entry{"Ada", "a"});
  CHECK(ada.call("topic", topic{"Engines"}).ok());
  t.crash();
  CHECK(t.join(room_entry{"Bob", "b"}).joined().as<room_view>().topic == "Engines");
}

TEST_CASE("thousands who come into a room cost it a snapshot now and then, not one each") {
  struct counted : room {
    explicit counted(int& n) : taken(n) {}
    std::optional<troupe::payload> snapshot() override { return ++taken, room::snapshot(); }
    int& taken;
  };
  int taken = 0;
  troupe::testing::channel_under_test<room> t{"room:1", [&](const std::string&) { return std::make_unique<counted>(taken); }};
  for (int i = 0; i < 300; ++i)
    t.join(room_entry{"guest", ""});
  CHECK(t.members().size() == 300);
  CHECK(taken <= 2);
  t.pass(2s);
  CHECK(taken >= 1);
  t.crash();
  const auto view = t.join(room_entry{"late", ""}).joined().as<room_view>();
  REQUIRE(view.members.size() == 301);
  CHECK(view.members[299].name == "guest");
}

TEST_CASE("members whose names a crash has lost are guests, and still in the room") {
  tea_room t;
  t.join(room_entry{"Ada", ""});
  t.join(room_entry{"Bob", ""}); // after the last snapshot
  t.crash();
  const auto view = t.join(room_entry{"Eve", ""}).joined().as<room_view>();
  REQUIRE(view.members.size() == 3);
  CHECK(view.members[0].name == "Ada");
  CHECK(view.members[1].name == "guest s2");
}
