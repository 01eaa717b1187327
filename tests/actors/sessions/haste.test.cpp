// What a client asks for in one breath about one channel is carried out in that order.

#include "effects.hpp"
#include "shard_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

/// The commands of one write, each with the id that follows: "s2 u3 s4".
void hurry(shard_fixture& d, std::uint64_t who, const std::string& commands) {
  for (std::size_t i = 0; i + 1 < commands.size(); i += 3) {
    const protocol::request_id id = std::int64_t{commands[i + 1] - '0'};
    if (commands[i] == 's')
      d.say(who, protocol::subscribe{"room:1", {}, {}, false}, id);
    else if (commands[i] == 'u')
      d.say(who, protocol::unsubscribe{"room:1"}, id);
    else
      d.say(who, protocol::publish{"room:1", "e", {}, {}, true, false}, id);
  }
}

effect let_in_by(std::uint64_t who, std::int64_t id, offset_t at) {
  return joined{session_id{who}, {protocol::request_id{id}, "room:1", {"e", at}, {}, {}}, {}, false, at};
}

} // namespace

TEST_CASE("in, out, in, out in one breath ends out, in that order", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  hurry(d, who, "s1 u2 s3 u4");
  d.found();
  CHECK(d.commands() == "s1 join; s1 leave left");
  d.take({let_in_by(who, 1, 0), last_word(who, std::int64_t{2})}, {session_id{who}, session_id{who}});
  CHECK(d.read(who) == "subscribed 0; unsubscribed left!");
  d.flush();
  CHECK(d.commands() == "s1 join; s1 leave left");
  d.take({let_in_by(who, 3, 0), last_word(who, std::int64_t{4})}, {session_id{who}, session_id{who}});
  CHECK(d.read(who) == "subscribed 0; unsubscribed left!");
  CHECK(d.commands().empty());
  CHECK(d.inside().find_session(session_id{who})->under_way() == 0);
  CHECK(d.inside().find_session(session_id{who})->waiting_bytes() == 0);
}

TEST_CASE("what is published after coming in again is not published before", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  hurry(d, who, "s1 u2 s3 p4 p5");
  d.found();
  CHECK(d.commands() == "s1 join; s1 leave left");
  d.take({let_in_by(who, 1, 0), last_word(who, std::int64_t{2})}, {session_id{who}, session_id{who}});
  d.flush();
  CHECK(d.commands() == "s1 join; s1 other; s1 other");
}

TEST_CASE("in, out and in again while the broker refuses: each is answered, and it may try again", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  hurry(d, who, "s1 u2 s3");
  const auto asked = d.asked_broker();
  d.inside().refused("room:1", {error_code::unavailable, "failed"}, false);
  CHECK(d.read(who) == "error unavailable 1; unsubscribed left!");
  CHECK(d.asked_broker() == asked + 1); // for the third
  d.inside().refused("room:1", {error_code::unavailable, "failed"}, false);
  CHECK(d.read(who) == "error unavailable 3");
  hurry(d, who, "s4");
  CHECK(d.asked_broker() == asked + 2);
  d.found();
  CHECK(d.commands() == "s1 join");
  d.take({let_in_by(who, 4, 0)}, {session_id{who}});
  CHECK(d.read(who) == "subscribed 0");
  CHECK(d.inside().find_session(session_id{who})->under_way() == 0);
}

TEST_CASE("in, out and in again while the channel is lost: each is answered, and it is in", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  hurry(d, who, "s1 u2 s3");
  d.found();
  d.commands();
  d.inside().lost("room:1", false);
  d.flush();
  CHECK(d.read(who) == "error unavailable 1; unsubscribed left!");
  d.found();
  CHECK(d.commands() == "s1 join");
  d.take({let_in_by(who, 3, 0)}, {session_id{who}});
  CHECK(d.read(who) == "subscribed 0");
  CHECK(d.inside().find_session(session_id{who})->under_way() == 0);
}

TEST_CASE("the API takes out one that has only asked to come in again", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  hurry(d, who, "s1");
  d.found();
  d.take({let_in_by(who, 1, 0)}, {session_id{who}});
  hurry(d, who, "u2 s3");
  d.commands();
  auto& s = *d.inside().find_session(session_id{who});
  CHECK(s.dismiss("room:1"));
  CHECK_FALSE(s.dismiss("room:1")); // is on its way out for good
  d.take({last_word(who, std::int64_t{2})}, {session_id{who}});
  d.flush();
  CHECK(d.commands() == "s1 join; s1 leave kicked");
}

TEST_CASE("an unsubscribe under way when the channel is lost is answered by the last word", "[shard]") {
  shard_fixture d;
  const auto who = d.open();
  hurry(d, who, "s1");
  d.found();
  d.take({let_in_by(who, 1, 0)}, {session_id{who}});
  d.read(who);
  hurry(d, who, "u2");
  d.inside().lost("room:1", false);
  CHECK(d.read(who) == "unsubscribed left!");
}
