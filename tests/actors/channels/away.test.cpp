// Members whose clients are away for a while, and users with several sessions.
#include "channel_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

channel_command is_there(std::uint64_t who, bool there) {
  return channel_fixture::command(who, whereabouts{there}, {});
}

channel_command goes(std::uint64_t who, leave_reason why = leave_reason::lost) {
  return channel_fixture::command(who, actors::leave{why}, {});
}

actors::join of_user(const std::string& user) {
  actors::join how;
  how.who.user = user;
  return how;
}

} // namespace

TEST_CASE("a channel hears once that a member's client is away, and once that it is back", "[channel]") {
  channel_fixture h;
  h.start();
  h.join(1);
  h.send({is_there(1, false), is_there(1, false)});
  CHECK(h.heard() == "join s1; away s1 who is away");
  CHECK(h.object().find_member(session_id{1})->away);
  CHECK(h.object().members().front().away);
  h.send({is_there(1, true), is_there(1, true)});
  CHECK(h.heard() == "back s1");
  CHECK_FALSE(h.object().find_member(session_id{1})->away);
  CHECK(h.completed(1) == 5);
}

TEST_CASE("away and back within one batch are both told, in order", "[channel]") {
  channel_fixture h;
  h.start();
  h.join(1);
  h.heard();
  h.send({is_there(1, false), is_there(1, true), is_there(1, false)});
  CHECK(h.heard() == "away s1 who is away; back s1; away s1 who is away");
}

TEST_CASE("a member that does not come back leaves once, as lost, and is never back after that", "[channel]") {
  channel_fixture h;
  h.start();
  h.join(1);
  h.heard();
  h.send({is_there(1, false)});
  h.send({goes(1), is_there(1, true), is_there(1, false)});
  CHECK(h.heard() == "away s1 who is away; leave s1 lost who is away");
  CHECK(h.announced() == "left s1 lost");
}

TEST_CASE("a hook that sends a member away hears no more of it but its leave", "[channel]") {
  channel_fixture h;
  h.does.turned = [](probe& p, const member& who) { p.kick(who.id); };
  h.start();
  h.join(1);
  h.heard();
  h.send({is_there(1, false), is_there(1, true)});
  CHECK(h.heard() == "away s1 who is away; leave s1 kicked who is away");
}

TEST_CASE("one that is sent away as it comes in is not told to be away", "[channel]") {
  channel_fixture h;
  std::optional<promise> owed;
  h.does.join = [&](probe& p, const member&, const payload&) { return later(*(owed = p.promise_answer())); };
  h.does.first_join = [](probe& p, const member& who) { p.kick(who.id); };
  h.start();
  h.join(1, of_user("ada"));
  h.send({is_there(1, false)});
  h.heard();
  owed->reply();
  h.settle();
  const auto heard = h.heard();
  CHECK(heard.find("leave s1 kicked") != std::string::npos);
  CHECK(heard.find("away s1") == std::string::npos);
}

TEST_CASE("who turns away while it waits to be let in is away from its first moment as a member", "[channel]") {
  channel_fixture h;
  std::optional<promise> owed;
  h.does.join = [&](probe& p, const member&, const payload&) { return later(*(owed = p.promise_answer())); };
  h.start();
  h.join(1);
  h.send({is_there(1, false)});
  CHECK(h.heard() == "join s1");
  SECTION("and its channel hears so, once it is one") {
    owed->reply();
    h.settle();
    CHECK(h.heard() == "away s1 who is away");
    CHECK(h.object().find_member(session_id{1})->away);
  }
  SECTION("not of one that is back by then") {
    h.send({is_there(1, true)});
    owed->reply();
    h.settle();
    CHECK(h.heard().empty());
    CHECK_FALSE(h.object().find_member(session_id{1})->away);
  }
  SECTION("not of one that is refused") {
    owed->refuse(error_code::refused, "no");
    h.settle();
    CHECK(h.heard().empty());
  }
}

TEST_CASE("a join that is repeated for a channel that was lost carries where its client is", "[channel]") {
  channel_fixture h;
  h.start();
  h.join(1);
  h.send({is_there(1, false)});
  h.heard();
  h.start();
  auto again = of_user({});
  again.again = true;
  again.who.away = true;
  h.join(1, again);
  CHECK(h.heard() == "join s1 who is away");
  h.send({is_there(1, true)});
  CHECK(h.heard() == "back s1");
}

TEST_CASE("a new object finds who is away, and hears of it no second time", "[channel]") {
  channel_fixture h;
  h.start();
  h.join(1, of_user("ann"));
  h.send({is_there(1, false)});
  h.heard();
  h.runtime->fail_object("told to");
  CHECK(h.heard().empty());
  CHECK(h.object().members().front().away);
  h.send({is_there(1, false)});
  CHECK(h.heard().empty());
  h.send({is_there(1, true), goes(1)});
  CHECK(h.heard() == "back s1; leave s1 lost; last of ann s1");
}

TEST_CASE("a user with three sessions comes once and goes once", "[channel]") {
  channel_fixture h;
  h.start();
  for (std::uint64_t who = 1; who <= 3; ++who)
    h.join(who, of_user("ann"));
  h.join(4, of_user("bob"));
  h.join(5);
  CHECK(h.heard() == "join s1; first of ann s1; join s2; join s3; join s4; first of bob s4; join s5");
  h.send({goes(2), goes(1), goes(5)});
  CHECK(h.heard() == "leave s2 lost; leave s1 lost; leave s5 lost");
  h.send({goes(3)});
  h.join(6, of_user("ann"));
  CHECK(h.heard() == "leave s3 lost; last of ann s3; join s6; first of ann s6");
}

TEST_CASE("a user is not there before its session is let in", "[channel]") {
  channel_fixture h;
  std::optional<promise> owed;
  h.does.join = [&](probe& p, const member& who, const payload&) -> join_result {
    if (who.id.value() == 1)
      return later(*(owed = p.promise_answer()));
    return accept();
  };
  h.start();
  h.join(1, of_user("ann"));
  h.join(2, of_user("ann"));
  CHECK(h.heard() == "join s1; join s2; first of ann s2");
  owed->reply();
  h.settle();
  h.send({goes(2)});
  CHECK(h.heard() == "leave s2 lost");
  h.send({goes(1)});
  CHECK(h.heard() == "leave s1 lost; last of ann s1");
}
