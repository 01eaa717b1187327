// Which connection there is, and when the next one is tried: the ladder of transports, pauses, heartbeats, probes.

#include "tests/clients/cpp/scripted.hpp"

#include <catch2/catch.hpp>

namespace troupe::clients::test {

using namespace std::chrono_literals;
using enum client_transport;

// -- the first connection -----------------------------------------------------

TEST_CASE("a client says that it is connecting, then open once the node knows it") {
  stage s;
  CHECK(s.states == words{"connecting"});
  CHECK(s.client.status().transport == websocket);
  s.line().welcome();
  CHECK(s.states == words{"connecting", "open"});
}

TEST_CASE("a channel is joined once there is a connection, and a later one at once") {
  stage s;
  client_wishes wishes;
  wishes.params = payload::json_text(R"({"nick":"ann"})");
  const auto one = s.subscribe("one", wishes);
  CHECK(s.line().count("subscribe") == 0);
  s.line().welcome();
  CHECK(s.line().last("subscribe")["params"] == json{{"nick", "ann"}});
  s.line().joined("one", {{"data", "hello"}});
  CHECK(one->told == words{"subscribed"});
  CHECK(one->joins.front().data.value() == "hello");
  CHECK(one->joins.front().first);
  CHECK_FALSE(one->joins.front().recovered);
  s.subscribe("two");
  CHECK(s.line().last("subscribe")["channel"] == "two");
}

// -- another transport --------------------------------------------------------

TEST_CASE("a blocked WebSocket makes way for a stream at once, and that for a poll") {
  stage s;
  s.line().end();
  CHECK(s.line().kind == sse);
  s.line().end({"status 502"});
  CHECK(s.line().kind == poll);
  s.line().welcome();
  CHECK(s.states == words{"connecting", "connecting", "connecting", "open"});
}

TEST_CASE("a silent WebSocket makes way after its time, a silent stream too") {
  stage s;
  s.clock.advance(7'999ms);
  CHECK(s.lines.size() == 1);
  s.clock.advance(1ms);
  CHECK(s.line().kind == sse);
  CHECK_FALSE(s.lines[0]->open);
  s.clock.advance(8'000ms);
  CHECK(s.line().kind == poll);
}

TEST_CASE("one that is welcomed but then silent three times in a row makes way, too") {
  session_settings settings;
  settings.token = "jwt"; // its greeting needs an answer
  stage s{settings};
  for (int i = 0; i < 3; ++i) {
    CHECK(s.line().kind == websocket);
    s.line().welcome();
    s.clock.advance(8'000ms);
    if (i < 2)
      s.come_back();
  }
  CHECK(s.come_back().kind == sse);
}

TEST_CASE("where everything fails there is a pause, with the reason and how long it is") {
  stage s;
  for (int i = 0; i < 3; ++i)
    s.line().end({"nobody there"});
  CHECK(s.state() == "waiting");
  CHECK(s.client.status().reason == "nobody there");
  CHECK(s.client.status().retry_in == 500ms);
  s.clock.advance(500ms);
  CHECK(s.line().kind == websocket);
  CHECK(s.lines.size() == 4);
}

TEST_CASE("what had worked is given a second chance before the next is tried") {
  stage s;
  s.line().welcome();
  CHECK(s.cut().kind == websocket);
  s.line().end();
  CHECK(s.state() == "waiting");
  CHECK(s.come_back().kind == websocket);
  s.line().end();
  CHECK(s.line().kind == sse);
}

TEST_CASE("on a lower transport the first is tried beside it after a while, and taken once it is welcomed") {
  stage s;
  const auto room = s.subscribe("room");
  s.line().end();
  s.line().welcome({{"token", "t-sse"}});
  s.line().joined("room", {{"offset", 4}});
  const auto stream = s.lines.back();
  s.clock.advance(29'999ms);
  stream->broadcast("room", 5);
  s.clock.advance(1ms);
  const auto probe = s.lines.back();
  CHECK(probe->kind == websocket);
  CHECK_FALSE(probe->opened_with.resume);
  CHECK(stream->open);
  probe->welcome({{"token", "t-probe"}});
  CHECK(probe->goodbye);
  CHECK_FALSE(stream->open);
  CHECK_FALSE(stream->goodbye);
  CHECK(s.line().kind == websocket);
  CHECK(s.line().last("resume")["token"] == "t-sse");
  s.line().welcome({{"token", "t-ws"}});
  s.line().refuse("resume", "expired");
  CHECK(s.line().last("subscribe")["since"] == json{{"epoch", "e1"}, {"offset", 5}});
  s.line().joined("room", {{"offset", 5}, {"recovered", true}});
  s.line().broadcast("room", 6);
  CHECK(room->said() == words{"5", "6"});
}

TEST_CASE("a probe that fails costs nothing but a longer pause before the next") {
  stage s;
  s.line().end();
  s.line().welcome();
  const auto stream = s.lines.back();
  const auto speak = [&](milliseconds time) {
    for (auto left = time; left > 0ms; left -= 10'000ms) {
      stream->say({{"type", "comment"}});
      s.clock.advance(std::min(left, milliseconds{10'000}));
    }
  };
  speak(30'000ms);
  CHECK(s.lines.size() == 3);
  s.line().end();
  speak(59'999ms);
  CHECK(s.lines.size() == 3);
  speak(1ms);
  CHECK(s.lines.size() == 4);
  CHECK(stream->open);
  CHECK(s.client.status().transport == sse);
}

TEST_CASE("when the network changes, a lower transport looks for the first at once, and who waits tries at once") {
  stage s;
  s.line().end();
  s.line().welcome();
  s.client.network_changed();
  CHECK(s.line().kind == websocket);
  CHECK(s.lines.size() == 3);

  stage away;
  for (int i = 0; i < 3; ++i)
    away.line().end();
  away.client.network_changed();
  CHECK(away.lines.size() == 4);
  CHECK(away.line().kind == websocket);
}

// -- the end of a connection --------------------------------------------------

TEST_CASE("a lost connection is told, and comes back after a pause") {
  stage s;
  s.line().welcome();
  s.clock.advance(5'000ms);
  s.line().end();
  CHECK(s.states == words{"connecting", "open", "waiting"});
  CHECK(s.client.status().retry_in == 500ms);
  s.clock.advance(499ms);
  CHECK(s.lines.size() == 1);
  s.clock.advance(1ms);
  CHECK(s.lines.size() == 2);
}

TEST_CASE("pauses have full jitter below a ceiling that doubles, and are short again after what held") {
  for (const double chance : {0.0, 0.25, 0.999}) {
    stepped_clock time{chance};
    backoff pauses{time, 1'000ms, 30'000ms};
    for (const auto ceiling : {1'000ms, 2'000ms, 4'000ms, 8'000ms, 16'000ms, 30'000ms, 30'000ms}) {
      CHECK(pauses.ceiling() == ceiling);
      CHECK(pauses.next() == milliseconds{static_cast<int>(chance * static_cast<double>(ceiling.count()))});
    }
    pauses.held(29'999ms);
    CHECK(pauses.ceiling() == 30'000ms);
    pauses.held(30'000ms);
    CHECK(pauses.ceiling() == 1'000ms);
    CHECK(pauses.next(5'000ms) >= 5'000ms);
  }
}

TEST_CASE("a node that drains, or closes for a rate, says when to come back, and is believed; so is a refusal") {
  for (const int code : {1001, 4008}) {
    INFO(code);
    stage s;
    s.line().welcome();
    s.line().say({{"type", "closing"}, {"reason", "not now"}, {"retry_after", 4000}});
    s.line().end(code, "not now");
    s.clock.advance(4'499ms);
    CHECK(s.lines.size() == 1);
    s.clock.advance(1ms);
    CHECK(s.lines.size() == 2);
  }

  stage p{{}, stage::only(poll)};
  ending how{"drains"};
  how.retry_after = 7'000ms;
  p.line().end(how);
  p.clock.advance(7'499ms);
  CHECK(p.lines.size() == 1);
  p.clock.advance(1ms);
  CHECK(p.lines.size() == 2);
}

TEST_CASE("after a final close code nobody comes back, after the others it does") {
  for (const int code : {1000, 1002, 1003, 1007, 1008, 1009, 4000, 4003, 4004}) {
    INFO(code);
    in_room in;
    const auto said = in.s.publish("room", 1);
    in.s.line().end(code, "over");
    CHECK(in.s.state() == "closed");
    CHECK(said->how == "closed (sent)");
    REQUIRE(in.room->end);
    CHECK(in.room->end->code() == "closed");
    in.s.clock.advance(600'000ms);
    CHECK(in.s.lines.size() == 1);
  }
  for (const int code : {1001, 1005, 1006, 1011, 4001, 4002, 4005, 4008}) {
    INFO(code);
    stage s;
    s.line().welcome();
    s.line().end(code, "for now");
    s.come_back();
  }
}

TEST_CASE("a stream's last word, or a poll's, that it is over for good is heeded, and the session left to whoever has it") {
  for (const int code : {4000, 4003}) {
    INFO(code);
    stage s{{}, stage::only(sse)};
    s.line().welcome();
    s.line().say({{"type", "closing"}, {"reason", "over"}, {"code", code}});
    CHECK(s.state() == "closed");
    CHECK(s.client.status().reason == "over");
    CHECK_FALSE(s.line().goodbye);
    s.clock.advance(600'000ms);
    CHECK(s.lines.size() == 1);
  }
  for (const char* error : {"replaced", "kicked"}) {
    INFO(error);
    stage p{{}, stage::only(poll)};
    p.line().welcome();
    ending how{"over"};
    how.error = error;
    p.line().end(how);
    CHECK(p.state() == "closed");
    p.clock.advance(600'000ms);
    CHECK(p.lines.size() == 1);
  }
}

TEST_CASE("what a dead connection still says is not heard") {
  in_room in;
  const auto old = in.s.lines.back();
  in.s.cut();
  old->broadcast("room", 1);
  old->end();
  CHECK(in.s.state() == "connecting");
  CHECK(in.room->said().empty());
}

// -- silence ------------------------------------------------------------------

TEST_CASE("a silent WebSocket is asked by ping, and given up when nothing comes") {
  stage s;
  s.line().welcome();
  s.clock.advance(25'000ms);
  CHECK(s.line().count("ping") == 1);
  s.line().reply("ping");
  s.clock.advance(25'000ms);
  CHECK(s.line().count("ping") == 2);
  s.clock.advance(10'000ms);
  CHECK(s.client.status().reason == "the node has fallen silent");
  CHECK_FALSE(s.lines[0]->open);
}

TEST_CASE("a silent stream or poll is given up after its own time") {
  for (const auto& [kind, time] : {std::pair{sse, 30'000ms}, std::pair{poll, 45'000ms}}) {
    stage s{{}, stage::only(kind)};
    s.line().welcome();
    s.clock.advance(time - 1ms);
    CHECK(s.state() == "open");
    s.clock.advance(1ms);
    CHECK(s.state() == "waiting");
  }
}

TEST_CASE("after a sleep a deadline that ran late asks once more: the answer may be there, unread") {
  stage s;
  s.line().welcome();
  s.clock.advance(25'000ms);
  s.clock.sleep(600'000ms);
  CHECK(s.state() == "open");
  CHECK(s.line().count("ping") == 2);
  s.line().reply("ping");
  s.clock.advance(20'000ms);
  CHECK(s.state() == "open");
}

TEST_CASE("while the application is behind, silence proves nothing") {
  stage s;
  s.line().welcome();
  s.reads = false;
  s.clock.advance(300'000ms);
  CHECK(s.state() == "open");
  s.reads = true;
  s.clock.advance(60'000ms);
  CHECK(s.state() != "open");
}

TEST_CASE("where there is doubt a WebSocket is asked at once, with less patience") {
  stage s;
  s.line().welcome();
  s.client.network_changed();
  CHECK(s.line().count("ping") == 1);
  s.clock.advance(5'000ms);
  CHECK(s.state() == "waiting");
}

// -- closing ------------------------------------------------------------------

TEST_CASE("close says goodbye to each channel and to the node, fails what waits, and leaves no timer") {
  in_room in;
  const auto call = in.s.call("room");
  const auto line = in.s.lines.back();
  in.s.client.close("closed");
  CHECK(line->last("unsubscribe")["channel"] == "room");
  CHECK(line->goodbye);
  CHECK(call->how == "closed (sent)");
  CHECK(in.s.publish("room", 1)->how == "closed");
  CHECK(in.s.state() == "closed");
  CHECK(in.s.clock.pending() == 0);
}

TEST_CASE("close while nothing is connected leaves nothing behind, and what is joined later has ended") {
  stage s;
  s.subscribe("room");
  const auto said = s.publish("room", 1);
  s.line().end();
  s.client.close("closed");
  CHECK(said->how == "closed");
  CHECK(s.clock.pending() == 0);
  s.clock.advance(100'000ms);
  CHECK(s.state() == "closed");
  const auto late = s.subscribe("late");
  REQUIRE(late->end);
  CHECK(late->end->code() == "closed");
}

} // namespace troupe::clients::test
