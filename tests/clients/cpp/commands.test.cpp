// What becomes of what is said: answers, waiting, retries with keys, timeouts, bounds.

#include "tests/clients/cpp/scripted.hpp"

#include <catch2/catch.hpp>

#include <set>

namespace troupe::clients::test {

using namespace std::chrono_literals;
using enum client_transport;

namespace {

std::vector<json> numbers(int first, int last) {
  std::vector<json> all;
  for (int i = first; i <= last; ++i)
    all.emplace_back(i);
  return all;
}

session_settings with_queue(std::size_t limit) {
  session_settings settings;
  settings.limits.queue = limit;
  return settings;
}

client_call within(milliseconds time) {
  client_call how;
  how.timeout = time;
  return how;
}

client_call now_or_never() {
  client_call how;
  how.now_or_never = true;
  return how;
}

} // namespace

TEST_CASE("an answer ends its question, an error does with its code") {
  in_room in;
  const auto said = in.s.publish("room", 1);
  in.s.line().reply("publish", {{"epoch", "e1"}, {"offset", 1}});
  CHECK(said->how == "done");
  CHECK(said->data == json{{"epoch", "e1"}, {"offset", 1}});
  const auto call = in.s.call("room");
  in.s.line().refuse("call", "refused");
  CHECK(call->how == "refused");
}

TEST_CASE("what is published before we are in waits for it, in order, and goes before what comes after") {
  stage s;
  s.subscribe("room");
  s.publish("room", 1);
  s.publish("room", 2);
  s.line().welcome();
  CHECK(s.line().count("publish") == 0);
  s.line().joined("room");
  s.publish("room", 3);
  CHECK(s.line().data_of("publish") == numbers(1, 3));
}

TEST_CASE("what is published while away goes when we are back, whatever session it is then") {
  in_room in;
  in.s.line().end();
  const auto said = in.s.publish("room", 1);
  in.s.come_back();
  in.s.line().welcome();
  in.s.line().refuse("resume", "expired");
  CHECK(in.s.line().count("publish") == 0);
  in.s.line().joined("room", {{"recovered", true}});
  in.s.line().reply("publish");
  CHECK(said->how == "done");
}

TEST_CASE("what was sent and not answered goes again in the same session, with the same key and id, once, in order") {
  in_room in;
  const auto first = in.s.publish("room", 1);
  const auto second = in.s.call("room");
  const auto before = in.s.line().last("publish");
  in.s.cut();
  CHECK(first->how == "open");
  in.s.line().welcome();
  in.s.line().resumed();
  CHECK(in.s.line().actions() == words{"resume ", "publish room", "call room"});
  CHECK(in.s.line().last("publish") == before);
  CHECK_FALSE(before["key"].get<std::string>().empty());
  in.s.line().reply("publish");
  in.s.line().reply("call");
  CHECK(first->how == "done");
  CHECK(second->how == "done");
}

TEST_CASE("an answer that was on its way as the line was cut, and comes after resume, ends its question once") {
  in_room in;
  const auto said = in.s.publish("room", 1);
  const auto id = in.s.line().last("publish")["id"];
  in.s.cut();
  in.s.line().welcome();
  in.s.line().resumed();
  in.s.line().say({{"type", "reply"}, {"id", id}, {"data", 5}});
  in.s.line().say({{"type", "reply"}, {"id", id}, {"data", 6}}); // to the repetition
  CHECK(said->data == 5);
  CHECK(in.s.errors.empty());
}

TEST_CASE("in another session a key means nothing: what was sent is perhaps done") {
  in_room in;
  const auto said = in.s.publish("room", 1);
  in.s.cut();
  in.s.line().welcome({{"token", "t2"}});
  CHECK(said->how == "open");
  in.s.line().refuse("resume", "expired");
  CHECK(said->how == "disconnected (sent)");
  in.s.line().joined("room", {{"recovered", true}});
  CHECK(in.s.line().count("publish") == 0);
}

TEST_CASE("but a user's keys are known in every session of the user") {
  session_settings settings;
  settings.token = "jwt";
  stage s{settings};
  s.subscribe("room");
  s.line().welcome();
  s.line().reply("authenticate");
  s.line().joined("room");
  client_call how;
  how.key = "mine";
  const auto said = s.publish("room", 1, how);
  s.cut();
  s.line().welcome({{"token", "t2"}});
  s.line().refuse("resume", "expired");
  s.line().reply("authenticate");
  s.line().joined("room", {{"recovered", true}});
  CHECK(s.line().last("publish")["key"] == "mine");
  s.line().reply("publish");
  CHECK(said->how == "done");
}

TEST_CASE("without a key nothing is sent twice: it ends with the connection") {
  in_room in;
  client_call how;
  how.keyless = true;
  const auto said = in.s.publish("room", 1, how);
  CHECK_FALSE(in.s.line().last("publish").contains("key"));
  in.s.line().end();
  CHECK(said->how == "disconnected (sent)");
}

TEST_CASE("history and presence are asked again whatever the session") {
  in_room in;
  command what{"history", "room"};
  what.more["limit"] = 2;
  const auto page = in.s.ask(what);
  in.s.cut();
  in.s.line().welcome();
  in.s.line().refuse("resume", "expired");
  in.s.line().joined("room", {{"recovered", true}});
  CHECK(in.s.line().last("history")["limit"] == 2);
  in.s.line().reply("history", 5);
  CHECK(page->data == 5);
}

TEST_CASE("what was sent to a channel that was left meanwhile is not sent again, and ends") {
  in_room in;
  const auto said = in.s.publish("room", 1);
  in.s.line().end();
  in.s.client.find("room")->leave();
  in.s.come_back();
  in.s.line().welcome();
  in.s.line().resumed();
  CHECK(said->how == "disconnected (sent)");
  CHECK(in.s.line().count("publish") == 0);
}

TEST_CASE("every publish and call has a key of its own, what is ephemeral has none") {
  in_room in;
  for (int i = 0; i < 10; ++i)
    in.s.publish("room", i);
  std::set<std::string> keys;
  for (const auto& each : in.s.line().sent)
    if (each["action"] == "publish")
      keys.insert(each["key"].get<std::string>());
  CHECK(keys.size() == 10);
  command what{"publish", "room"};
  what.more["ephemeral"] = true;
  in.s.ask(what);
  CHECK_FALSE(in.s.line().last("publish").contains("key"));
}

TEST_CASE("a call is given up after its timeout, also while it waits for a connection; the node is told its time") {
  in_room in;
  const auto sent = in.s.call("room", within(2'000ms));
  CHECK(in.s.line().last("call")["timeout"] == 2000);
  in.s.clock.advance(2'000ms);
  CHECK(sent->how == "timeout (sent)");
  in.s.line().end();
  const auto waiting = in.s.call("room");
  in.s.clock.advance(10'000ms);
  CHECK(waiting->how == "timeout");
}

TEST_CASE("the node's own timeout leaves open whether it was done; a late answer is nobody's, and no error") {
  in_room in;
  const auto call = in.s.call("room", within(1'000ms));
  in.s.line().refuse("call", "timeout");
  CHECK(call->how == "timeout (sent)");
  const auto other = in.s.call("room", within(1'000ms));
  in.s.clock.advance(1'000ms);
  in.s.line().refuse("call", "timeout");
  CHECK(in.s.errors.empty());
}

TEST_CASE("the queue is bounded: past its limit a command is refused, and those before it go") {
  in_room in{with_queue(3)};
  in.s.line().end();
  for (int i = 1; i <= 3; ++i)
    in.s.publish("room", i);
  CHECK(in.s.publish("room", 4)->how == "queue_full");
  in.s.come_back();
  in.s.line().welcome();
  in.s.line().refuse("resume", "expired");
  in.s.line().joined("room", {{"recovered", true}});
  CHECK(in.s.line().data_of("publish") == numbers(1, 3));
}

TEST_CASE("with a queue of 0 what cannot go at once fails at once; the rest works as ever") {
  in_room in{with_queue(0)};
  const auto said = in.s.publish("room", 1);
  in.s.line().reply("publish");
  CHECK(said->how == "done");
  in.s.line().end();
  CHECK(in.s.publish("room", 2)->how == "disconnected");
}

TEST_CASE("no more than 16 commands wait for their answers at once; the others follow in order") {
  in_room in;
  for (int i = 0; i < 40; ++i)
    in.s.publish("room", i);
  CHECK(in.s.line().count("publish") == 16);
  const auto first = in.s.line().sent;
  int answered = 0;
  for (const auto& each : first)
    if (each["action"] == "publish" && ++answered <= 10)
      in.s.line().say({{"type", "reply"}, {"id", each["id"]}, {"data", nullptr}});
  CHECK(in.s.line().data_of("publish") == numbers(0, 25));
}

TEST_CASE("what is now or never goes without id, or fails, and never waits") {
  in_room in;
  CHECK(in.s.call("room", now_or_never())->how == "done");
  CHECK_FALSE(in.s.line().last("call").contains("id"));
  in.s.line().waits = 2 << 20;
  CHECK(in.s.call("room", now_or_never())->how == "busy");
  in.s.line().end();
  CHECK(in.s.call("room", now_or_never())->how == "disconnected");
  CHECK(in.s.come_back().count("call") == 0);
}

TEST_CASE("an error that answers nobody is told") {
  in_room in;
  in.s.line().say({{"type", "error"}, {"code", "busy"}, {"message", "try again"}, {"channel", "room"}});
  CHECK(in.s.errors == words{"busy"});
}

// -- how it is written --------------------------------------------------------

TEST_CASE("JSON and msgpack say the same, and bytes are bytes in both") {
  command what{"publish", "room"};
  what.id = 7;
  what.data = payload::binary(std::string{"\0\xff", 2});
  what.more["event"] = "said";
  const json with_text = json::parse(encode(codec::json, what));
  CHECK(with_text == json{{"action", "publish"},
                          {"channel", "room"},
                          {"id", 7},
                          {"event", "said"},
                          {"data", "AP8="},
                          {"encoding", "base64"}});
  const auto with_bytes = json::from_msgpack(encode(codec::msgpack, what));
  CHECK(with_bytes["data"] == json::binary({0, 255}));
  CHECK(with_bytes["id"] == 7);

  json message{{"type", "broadcast"}, {"channel", "room"}, {"data", "AP8="}, {"encoding", "base64"}, {"offset", 3}};
  const auto one = decode(codec::json, message.dump());
  message.erase("encoding");
  message["data"] = json::binary({0, 255});
  const auto bytes = json::to_msgpack(message);
  const auto other = decode(codec::msgpack, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  REQUIRE(one);
  REQUIRE(other);
  for (const auto* each : {&*one, &*other}) {
    CHECK(each->data == payload::binary(std::string{"\0\xff", 2}));
    CHECK(each->offset == 3);
    CHECK(each->channel == "room");
  }
}

TEST_CASE("numbers keep the digits that they were written with") {
  const auto said = decode(codec::json, R"({"type":"broadcast","channel":"a","data":{"n":1234567890123456789012.50}})");
  REQUIRE(said);
  CHECK(said->data.json() == R"({"n":1234567890123456789012.50})");
}

TEST_CASE("what is no message is refused, whatever its bytes are, and keys of another type are none") {
  for (const std::string_view text : {"", "{", "[]", "null", "7", R"({"type":"a"}x)", "\xff\xfe"})
    CHECK_FALSE(decode(codec::json, text));
  for (const std::string_view bytes : {"", "\xc1", "\x93\x01\x02", "\xa1x", "\x81\xa1"})
    CHECK_FALSE(decode(codec::msgpack, bytes));
  const auto odd = decode(
      codec::json, R"({"type":7,"id":"x","channel":[],"offset":"1","retry_after":-5,"missed":1.5,"recovered":"no"})");
  REQUIRE(odd);
  CHECK(odd->type.empty());
  CHECK_FALSE(odd->id);
  CHECK(odd->offset == 0);
  CHECK_FALSE(odd->retry_after());
  CHECK_FALSE(odd->number("missed"));
  CHECK_FALSE(odd->flag("recovered"));
}

} // namespace troupe::clients::test
