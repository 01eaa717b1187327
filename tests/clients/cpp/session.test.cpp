// How a session goes on over another connection, and who it is.

#include "tests/clients/cpp/scripted.hpp"

#include <catch2/catch.hpp>

namespace troupe::clients::test {

using namespace std::chrono_literals;
using enum client_transport;

namespace {

session_settings with_token(const char* token) {
  session_settings settings;
  settings.token = token;
  return settings;
}

session_settings with_source() {
  session_settings settings;
  settings.has_token_source = true;
  return settings;
}

} // namespace

// -- resume -------------------------------------------------------------------

TEST_CASE("resume goes first: the token, how many messages were had since welcome, and the positions") {
  in_room in;
  in.s.line().broadcast("room", 1);
  in.s.line().broadcast("room", 2);
  in.s.cut();
  auto resume = in.s.line().sent[0];
  resume.erase("id");
  CHECK(resume == json{{"action", "resume"}, {"token", "t1"}, {"received", 3}, {"attempt", 1}, {"positions", {{"room", "e1-2"}}}});
}

TEST_CASE("errors and pongs count, answers that come another way do not") {
  in_room in;
  in.s.line().say({{"type", "error"}, {"code", "busy"}, {"message", "later"}});
  in.s.line().say({{"type", "reply"}, {"data", nullptr}});
  in.s.line().answer({{"type", "reply"}, {"id", 1000}, {"data", nullptr}});
  in.s.cut();
  CHECK(in.s.line().last("resume")["received"] == 3); // `subscribed` is the third
}

TEST_CASE("a session that goes on needs no joining: what was missed follows, nobody is told of a gap") {
  in_room in;
  in.s.line().broadcast("room", 1);
  in.s.cut();
  in.s.line().welcome({{"session", "s2"}, {"token", "t2"}});
  in.s.line().resumed({{"token", "t3"}});
  in.s.line().broadcast("room", 2);
  CHECK(in.s.line().count("subscribe") == 0);
  CHECK(in.s.state() == "open");
  CHECK(in.s.resumes == std::vector<bool>{true});
  CHECK(in.room->told == words{"subscribed", "said 1", "said 2"});
  in.s.cut();
  CHECK(in.s.line().last("resume")["token"] == "t3");
  CHECK(in.s.line().last("resume")["received"] == 3); // the count goes on, `resumed` is not in it
}

TEST_CASE("private messages that were lost are told") {
  in_room in;
  in.s.cut();
  in.s.line().welcome();
  in.s.line().resumed({{"private", "lost"}});
  CHECK(in.s.resumes == std::vector<bool>{false});
}

TEST_CASE("a session that has expired is joined anew from the positions") {
  in_room in;
  in.s.line().broadcast("room", 1);
  in.s.cut();
  in.s.line().welcome({{"session", "s2"}, {"token", "t2"}});
  CHECK(in.s.line().count("subscribe") == 0);
  in.s.line().refuse("resume", "expired");
  CHECK(in.s.line().last("subscribe")["since"] == json{{"epoch", "e1"}, {"offset", 1}});
  in.s.line().joined("room", {{"offset", 1}, {"recovered", true}});
  in.s.line().broadcast("room", 2);
  CHECK(in.room->said() == words{"1", "2"});
  CHECK_FALSE(in.room->joins.back().first);
  CHECK(in.room->joins.back().recovered == true);
  in.s.cut();
  CHECK(in.s.line().last("resume")["token"] == "t2");
  CHECK(in.s.line().last("resume")["received"] == 3); // expired, subscribed, broadcast
}

TEST_CASE("what is missing is told as a gap, before anything else") {
  in_room in;
  in.s.cut();
  in.s.line().welcome();
  in.s.line().refuse("resume", "expired");
  in.s.line().joined("room", {{"epoch", "e2"}, {"offset", 40}, {"recovered", false}});
  CHECK(in.room->told == words{"subscribed", "gap ?", "subscribed"});
  CHECK(in.room->positions.back() == position{"e2", 40});
}

TEST_CASE("two cuts in one breath: the handshake of the first is over with it") {
  in_room in;
  in.s.cut();
  in.s.line().welcome();
  in.s.cut();
  in.s.line().welcome();
  in.s.line().refuse("resume", "expired");
  CHECK(in.s.line().count("subscribe") == 1);
  in.s.line().joined("room", {{"recovered", true}});
  in.s.line().broadcast("room", 1);
  CHECK(in.room->said() == words{"1"});
}

TEST_CASE("failed attempts between do not forget what the session was in") {
  in_room in{{}, stage::only(websocket)};
  in.s.cut();
  in.s.cut();
  in.s.cut();
  in.s.line().welcome();
  in.s.line().resumed();
  in.s.line().broadcast("room", 1);
  CHECK(in.room->said() == words{"1"});
  CHECK(in.s.line().count("subscribe") == 0);
}

TEST_CASE("a session that was cut before it joined anything is in nothing, whatever the one before was in") {
  stage s{with_source(), stage::only(websocket)};
  s.subscribe("room");
  s.line().welcome({{"token", "t1"}});
  s.token_wishes.back()("jwt");
  s.line().reply("authenticate");
  s.line().joined("room");
  s.cut();
  s.line().welcome({{"token", "t2"}});
  s.line().refuse("resume", "expired");
  s.cut(); // it was about to authenticate
  s.line().welcome({{"token", "t3"}});
  CHECK(s.line().last("resume")["token"] == "t2");
  s.line().resumed();
  s.token_wishes.back()("jwt");
  s.line().reply("authenticate");
  CHECK(s.line().last("subscribe")["channel"] == "room");
}

TEST_CASE("a channel that was being joined as the line was cut is joined after resume; one whose join had taken effect "
          "is left first") {
  in_room in;
  const auto late = in.s.subscribe("late");
  in.s.cut();
  in.s.line().welcome();
  in.s.line().resumed();
  CHECK(in.s.line().last("subscribe")["channel"] == "late");
  CHECK(in.s.line().count("subscribe") == 1);
  in.s.line().refuse("subscribe", "already_subscribed");
  CHECK(in.s.line().last("unsubscribe")["channel"] == "late");
  in.s.line().joined("late", {{"offset", 3}});
  CHECK(late->positions.back() == position{"e1", 3});
}

TEST_CASE(
    "a channel that was left while away is left by the resumed session, and stays joined if it was wanted again") {
  in_room in;
  const auto other = in.s.subscribe("other");
  in.s.line().joined("other");
  in.s.line().end();
  in.s.client.find("other")->leave();
  in.s.client.find("room")->leave();
  in.s.subscribe("room");
  in.s.come_back();
  in.s.line().welcome();
  in.s.line().resumed();
  CHECK(in.s.line().actions() == words{"resume ", "unsubscribe other", "unsubscribe room", "subscribe room"});
}

TEST_CASE("an attempt that is refused for its session's sake forgets the session, and the client begins anew") {
  for (const char* error : {"refused", "unauthorised", "bad_message", "bad_origin"}) {
    INFO(error);
    in_room in{{}, stage::only(sse)};
    in.s.line().broadcast("room", 1);
    const auto said = in.s.publish("room", 1);
    in.s.cut();
    ending how{"you are not who you were"};
    how.error = error;
    in.s.line().end(how);
    in.s.come_back();
    CHECK_FALSE(in.s.line().opened_with.resume);
    in.s.line().welcome({{"token", "t2"}});
    CHECK(in.s.line().last("subscribe")["since"] == json{{"epoch", "e1"}, {"offset", 1}});
    CHECK(said->how == "disconnected (sent)");
    in.s.line().end(how); // one that was welcomed is not meant
    if (error != std::string{"bad_origin"})
      CHECK(in.s.come_back().opened_with.resume->token == "t2");
  }
  in_room busy{{}, stage::only(sse)};
  busy.s.cut();
  ending how{"later"};
  how.error = "unavailable";
  busy.s.line().end(how);
  CHECK(busy.s.come_back().opened_with.resume->token == "t1");
}

// -- who we are ---------------------------------------------------------------

TEST_CASE("a token is shown before anything is joined; its source is asked anew for each connection") {
  stage s{with_source()};
  s.subscribe("room");
  s.line().welcome();
  s.token_wishes[0]("jwt-1");
  CHECK(s.line().last("authenticate")["token"] == "jwt-1");
  CHECK(s.line().count("subscribe") == 0);
  CHECK(s.state() == "connecting");
  s.line().reply("authenticate");
  CHECK(s.state() == "open");
  CHECK(s.line().count("subscribe") == 1);
  s.line().end(4005, "expired");
  s.come_back();
  s.line().welcome();
  s.line().refuse("resume", "expired");
  s.token_wishes.at(1)("jwt-2");
  CHECK(s.line().last("authenticate")["token"] == "jwt-2");
}

TEST_CASE("a token from a source that is refused twice in a row ends it; one refusal may be an old token") {
  stage s{with_source(), stage::only(websocket)};
  s.line().welcome();
  s.token_wishes.back()("old");
  s.line().refuse("authenticate", "expired");
  CHECK(s.state() == "waiting");
  s.come_back();
  s.line().welcome();
  s.line().refuse("resume", "expired");
  s.token_wishes.back()("wrong");
  s.line().refuse("authenticate", "unauthorised");
  CHECK(s.state() == "closed");
  CHECK(s.client.status().reason == "unauthorised it is");
}

TEST_CASE("a fixed token that is refused ends it at once") {
  stage s{with_token("jwt")};
  s.line().welcome();
  s.line().refuse("authenticate", "unauthorised");
  CHECK(s.state() == "closed");
}

TEST_CASE("a source that fails is asked again later, and one that is late is not heard") {
  stage s{with_source(), stage::only(websocket)};
  s.line().welcome();
  s.token_wishes.back()(tl::unexpected(std::string{"no network"}));
  CHECK(s.state() == "waiting");
  CHECK(s.client.status().reason == "no network");
  s.come_back();
  s.line().welcome();
  s.line().refuse("resume", "expired");
  const auto late = s.token_wishes.back();
  s.cut();
  s.line().welcome();
  late("late");
  CHECK(s.line().count("authenticate") == 0);
}

TEST_CASE("another token is shown at once, and by every connection after it; refused, the one before stays") {
  stage s{with_token("one")};
  s.line().welcome();
  s.line().reply("authenticate");
  std::string how;
  s.client.authenticate("two", [&](const result& r) { how = r ? "done" : r.error().code(); });
  CHECK(s.line().last("authenticate")["token"] == "two");
  s.line().reply("authenticate");
  CHECK(how == "done");
  s.client.authenticate("three", [&](const result& r) { how = r ? "done" : r.error().code(); });
  s.line().refuse("authenticate", "refused");
  CHECK(how == "refused");
  CHECK(s.state() == "open");
  s.cut();
  s.line().welcome();
  s.line().refuse("resume", "expired");
  CHECK(s.line().last("authenticate")["token"] == "two");
}

} // namespace troupe::clients::test
