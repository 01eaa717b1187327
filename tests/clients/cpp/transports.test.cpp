// How the three ways write to a network, and what they make of what comes.

#include "clients/cpp/transports/event_stream_parser.hpp"
#include "tests/clients/cpp/scripted_network.hpp"

#include <catch2/catch.hpp>

namespace troupe::clients::test {

using namespace std::chrono_literals;
using enum client_transport;

namespace {

opening resuming(const std::string& token) {
  opening what;
  what.resume = resumption{9, token, 3, 2, {{"a", {"e", 5}}}};
  return what;
}

/// A stream past its `connected`.
class streaming : public opened {
 public:
  explicit streaming(opening what = {}) : opened(sse, std::move(what)) {
    net.calls[0]->head();
    net.calls[0]->write(
        "retry: 10000\n\nid: e-0\ndata: {\"type\":\"connected\",\"time\":1,\"session\":\"s1\",\"token\":\"t1\"}\n\n");
  }
  scripted_call& stream() { return *net.calls[0]; }
};

const json nothing{{"messages", json::array()}, {"cursor", "c1"}, {"token", "t1"}, {"session", "s1"}};

/// A poll past its first answer.
class polling : public opened {
 public:
  explicit polling(opening what = {}) : opened(poll, std::move(what)) { net.calls[0]->answer(nothing); }
};

command publish(int id, const char* channel, int data) {
  command what{"publish", channel};
  what.id = id;
  what.data = payload::of(data);
  return what;
}

json all_of(const std::vector<std::shared_ptr<scripted_call>>& posts, const char* key) {
  auto list = json::array();
  for (const auto& each : posts)
    list.push_back(each->body()[key]);
  return list;
}

} // namespace

// -- WebSocket ----------------------------------------------------------------

TEST_CASE("a WebSocket resumes first, its token in the address, and says everything in its subprotocol") {
  opened o{websocket, resuming("t/0")};
  auto& ws = *o.net.calls[0];
  CHECK(ws.target == "ws?token=t%2F0");
  CHECK(ws.subprotocol == "troupe.v1.json");
  ws.ws.opened();
  REQUIRE(ws.sent.size() == 1);
  CHECK(json::parse(ws.sent[0].first) == json{{"action", "resume"},
                                              {"id", 9},
                                              {"token", "t/0"},
                                              {"received", 3},
                                              {"attempt", 2},
                                              {"positions", {{"a", {{"epoch", "e"}, {"offset", 5}}}}}});
  CHECK_FALSE(ws.sent[0].second);
  ws.ws.message(R"({"type":"welcome","token":"t1"})", false);
  CHECK(o.types() == words{"welcome"});
  CHECK(o.alive == 1);
  o.line->close(false);
  CHECK(ws.given_up);
  CHECK_FALSE(ws.closed_with);
}

TEST_CASE("msgpack goes in binary frames, a goodbye is 1000, and what is no message ends it") {
  opened o{websocket, {}, codec::msgpack};
  auto& ws = *o.net.calls[0];
  CHECK(ws.target == "ws");
  ws.ws.opened();
  CHECK(ws.sent.empty());
  o.line->send(publish(1, "a", 2));
  CHECK(ws.sent.at(0).second);
  o.line->close(true);
  CHECK(ws.closed_with == 1000);
  ws.ws.message("\x80", true);
  CHECK(o.heard.empty());

  opened bad{websocket};
  bad.net.calls[0]->ws.message("hello", false);
  REQUIRE(bad.ends.size() == 1);
  bad.net.calls[0]->ws.closed({}, "gone");
  CHECK(bad.ends.size() == 1);
}

// -- event stream -------------------------------------------------------------

TEST_CASE("a stream of envelopes is opened without a channel; to go on, with the token and the count") {
  opened o{sse};
  CHECK(o.net.calls[0]->request.target == "events?format=envelope&channel=");
  CHECK(o.net.calls[0]->request.is_stream);
  opened again{sse, resuming("t0")};
  CHECK(again.net.calls[0]->request.target == "events?format=envelope&channel=&token=t0&received=3&attempt=2&at=a%40e-5");
}

TEST_CASE("`connected` is the welcome; what follows is told as it is, bytes as bytes, comments as life") {
  streaming s;
  CHECK(s.types() == words{"welcome"});
  CHECK(s.heard[0].text("session") == "s1");
  const auto before = s.alive;
  s.stream().write(": still here\n\n");
  CHECK(s.alive == before + 1);
  s.stream().write(
      "data: {\"type\":\"broadcast\",\"channel\":\"a\",\"data\":\"AP8=\",\"encoding\":\"base64\",\"offset\":1}\n\n");
  CHECK(s.heard[1].data == payload::binary(std::string{"\0\xff", 2}));
}

TEST_CASE("a stream is taken apart the same way in pieces of every size") {
  const std::string text = "retry: 1\n\nid: a\r\ndata: one\r\n\r\n: comment\n\nevent: x\ndata: "
                           "two\ndata:lines\n\ndata\n\ndata: gr\xc3\xbc\xc3\xb6\r\r";
  for (std::size_t size = 1; size <= text.size(); ++size) {
    event_stream_parser parser{100};
    words events;
    for (std::size_t at = 0; at < text.size(); at += size)
      CHECK(parser.take(std::string_view{text}.substr(at, size), [&](std::string data) {
        events.push_back(std::move(data));
        return true;
      }));
    CHECK(events == words{"one", "two\nlines", "", "gr\xc3\xbc\xc3\xb6"});
  }
  event_stream_parser small{10};
  CHECK_FALSE(small.take("data: 12345678901", [](const std::string&) { return true; }));
}

TEST_CASE("a stream that ends, breaks or says what is no message is told once as closed") {
  streaming ended;
  ended.stream().end();
  CHECK(ended.ends.at(0).reason == "the stream has ended");
  streaming broken;
  broken.stream().fail("reset");
  CHECK(broken.ends.at(0).reason == "reset");
  streaming odd;
  odd.stream().write("data: 7\n\ndata: {\"type\":\"a\"}\n\n");
  CHECK(odd.ends.size() == 1);
  CHECK(odd.types() == words{"welcome"});
}

TEST_CASE("a refusal says why, and when to come back") {
  for (const auto kind : {sse, poll}) {
    opened o{kind};
    o.net.calls[0]->answer({{"error", {{"code", "unavailable"}, {"message", "drains"}, {"retry_after", 250}}}}, 503,
                           1s);
    REQUIRE(o.ends.size() == 1);
    CHECK(o.ends[0].reason == "drains");
    CHECK(o.ends[0].error == "unavailable");
    CHECK(o.ends[0].retry_after == 250ms);
    opened other{kind};
    other.net.calls[0]->answer("not ours", 502, 3s);
    CHECK(other.ends.at(0).reason == "status 502");
    CHECK(other.ends.at(0).retry_after == 3s);
  }
}

TEST_CASE("whether a session goes on, the token of the stream or poll says") {
  for (const auto kind : {sse, poll})
    for (const auto& [token, answer] : {std::pair{"t1", "resumed"}, std::pair{"t0", "error"}}) {
      opened o{kind, resuming(token)};
      if (kind == sse) {
        o.net.calls[0]->head();
        o.net.calls[0]->write("data: {\"type\":\"connected\",\"token\":\"t1\",\"private\":\"lost\"}\n\n");
      } else {
        auto first = nothing;
        first["private"] = "lost";
        o.net.calls[0]->answer(first);
      }
      REQUIRE(o.answers.size() == 1);
      CHECK(o.answers[0].type == answer);
      CHECK(o.answers[0].id == 9);
      if (o.answers[0].type == "resumed")
        CHECK(o.answers[0].text("private") == "lost");
    }
}

// -- commands by POST ---------------------------------------------------------

TEST_CASE("commands are posted with the session's token, and answered as on a WebSocket, apart from what counts") {
  streaming s;
  s.line->send(publish(3, "a", 1));
  const auto post = s.net.last("send");
  CHECK(post->request.method == "POST");
  CHECK_FALSE(post->request.waits_for_reader);
  CHECK(post->body() == json{{"action", "publish"}, {"id", 3}, {"channel", "a"}, {"data", 1}, {"token", "t1"}});
  CHECK(s.line->waiting() == post->request.body.size());
  post->answer({{"type", "reply"}, {"id", 3}, {"data", {{"offset", 1}}}});
  REQUIRE(s.answers.size() == 1);
  CHECK(s.answers[0].id == 3);
  CHECK(s.heard.size() == 1);
  CHECK(s.line->waiting() == 0);
}

TEST_CASE("one at a time for each channel, in order; channels do not wait for each other") {
  streaming s;
  s.line->send(publish(1, "a", 1));
  s.line->send(publish(2, "a", 2));
  s.line->send(publish(3, "b", 3));
  CHECK(all_of(s.net.all("send"), "data") == json{1, 3});
  s.net.all("send")[0]->answer({{"type", "reply"}, {"id", 1}, {"data", nullptr}});
  CHECK(all_of(s.net.all("send"), "data") == json{1, 3, 2});
}

TEST_CASE("an error of the node is an error of the command, with the pause it asks for") {
  streaming s;
  s.line->send(publish(4, "a", 1));
  s.net.last("send")->answer({{"error", {{"code", "limit"}, {"message", "too many"}}}, {"id", 4}, {"channel", "a"}},
                             429, 2s);
  REQUIRE(s.answers.size() == 1);
  const auto& error = s.answers[0];
  CHECK(error.type == "error");
  CHECK(error.id == 4);
  CHECK(error.text("code") == "limit");
  CHECK(error.retry_after() == 2s);
  CHECK(s.ends.empty());
}

TEST_CASE("a command that nobody answers ends the connection, since what became of it is not known") {
  for (const std::string how : {"failure", "proxy", "silence", "expired"}) {
    INFO(how);
    streaming s;
    auto what = publish(1, "a", 1);
    what.more["timeout"] = 5000;
    s.line->send(what);
    const auto post = s.net.last("send");
    if (how == "failure")
      post->fail();
    if (how == "proxy")
      post->answer("Bad gateway", 502);
    if (how == "expired")
      post->answer({{"error", {{"code", "expired"}, {"message", "no session has that token"}}}, {"id", 1}}, 401);
    if (how == "silence") {
      s.clock.advance(34'999ms);
      CHECK(s.ends.empty());
      s.clock.advance(1ms);
    }
    CHECK(s.ends.size() == 1);
    CHECK(s.stream().given_up);
    CHECK(s.clock.pending() == 0);
  }
}

TEST_CASE("authenticate shows its own token as `credentials`, since `token` says whose command it is") {
  streaming s;
  command what{"authenticate"};
  what.id = 10;
  what.more["token"] = "jwt";
  s.line->send(what);
  CHECK(s.net.last("send")->body() ==
        json{{"action", "authenticate"}, {"id", 10}, {"credentials", "jwt"}, {"token", "t1"}});
}

TEST_CASE("close gives up the stream and what was asked, not the goodbyes") {
  streaming s;
  s.line->send(publish(1, "b", 1));
  s.line->send(publish(2, "a", 1));
  command goodbye{"unsubscribe", "a"};
  s.line->send(goodbye);
  command other{"unsubscribe", "c"};
  s.line->send(other);
  s.line->close(true);
  CHECK(s.stream().given_up);
  CHECK(s.net.all("send")[0]->given_up);
  s.net.all("send")[1]->answer({{"type", "reply"}, {"id", 2}, {"data", nullptr}}); // what goes before its goodbye
  CHECK(s.net.last("send")->body()["action"] == "unsubscribe");
  CHECK(s.net.last("send")->body()["channel"] == "a");
  CHECK_FALSE(s.net.all("send")[2]->given_up);
  CHECK(s.answers.empty());
}

// -- long poll ----------------------------------------------------------------

TEST_CASE("the first poll opens the session, each next one brings the cursor of the one before") {
  polling p;
  CHECK(p.net.calls[0]->request.target == "poll?format=envelope&channel=");
  CHECK(p.types() == words{"welcome"});
  CHECK(p.heard[0].text("token") == "t1");
  CHECK(p.net.calls[1]->request.target == "poll?format=envelope&channel=&cursor=c1");
  auto next = nothing;
  next["cursor"] = "c2";
  p.net.calls[1]->answer(next);
  CHECK(p.net.calls[2]->request.target == "poll?format=envelope&channel=&cursor=c2");
}

TEST_CASE("an answer is told in its order, as on a WebSocket") {
  polling p;
  auto next = nothing;
  next["messages"] =
      json::array({{{"type", "subscribed"}, {"channel", "a"}, {"epoch", "e"}, {"offset", 5}},
                   {{"type", "broadcast"}, {"channel", "a"}, {"data", "AP8="}, {"encoding", "base64"}, {"offset", 6}},
                   {{"type", "gap"}, {"channel", "a"}, {"epoch", "e"}, {"offset", 19}, {"missed", 13}},
                   {{"type", "push"}, {"channel", "a"}, {"data", 1}}});
  p.net.calls[1]->answer(next);
  CHECK(p.types() == words{"welcome", "subscribed", "broadcast", "gap", "push"});
  CHECK(p.heard[2].data == payload::binary(std::string{"\0\xff", 2}));
}

TEST_CASE("a poll that fails, is no poll's, or is another session's, is at its end") {
  for (const std::string how : {"failure", "nonsense", "another", "too long"}) {
    INFO(how);
    polling p;
    p.limits.message_bytes = 1000;
    auto answer = nothing;
    answer["messages"] = json::array({{{"type", "push"}}});
    if (how == "failure")
      p.net.calls[1]->fail();
    if (how == "nonsense")
      p.net.calls[1]->answer(json::array());
    if (how == "another")
      answer["token"] = "ghost";
    if (how == "too long")
      answer["cursor"] = std::string(1000, 'x');
    if (how == "another" || how == "too long")
      p.net.calls[1]->answer(answer);
    CHECK(p.ends.size() == 1);
    CHECK(p.types() == words{"welcome"});
    CHECK(p.net.calls.size() == 2);
  }
}

TEST_CASE("the session that the node has made of an old cursor is left") {
  polling p;
  auto answer = nothing;
  answer["token"] = "ghost";
  answer["positions"] = {{"a", {{"epoch", "e"}, {"offset", 5}}}};
  p.net.calls[1]->answer(answer);
  CHECK(p.ends.size() == 1);
  CHECK(p.net.last("send")->body() == json{{"action", "unsubscribe"}, {"channel", "a"}, {"token", "ghost"}});
  CHECK_FALSE(p.net.last("send")->given_up);
}

TEST_CASE("what comes as a poll is let go is not told, and no other follows") {
  polling p;
  const auto waiting = p.net.calls[1];
  p.line->close(false);
  CHECK(waiting->given_up);
  auto next = nothing;
  next["messages"] = json::array({{{"type", "push"}}});
  waiting->answer(next);
  CHECK(p.types() == words{"welcome"});
  CHECK(p.net.calls.size() == 2);
}

} // namespace troupe::clients::test
