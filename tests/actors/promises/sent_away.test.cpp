// What a WebSocket reads in its close code, streams and polls are told, too: that they are not wanted back.

#include "actors/sessions/shard.hpp"
#include "tests/actors/endpoints/club.hpp"
#include "tests/actors/virtual_node/coming_back.hpp"
#include "testing/event_stream_reader.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;
using troupe::protocol::test::read_event_stream;

namespace {

const std::string events_of = "/events?format=envelope&channel=&received=0&token=";
const std::string poll_of = "/poll?format=envelope&channel=&received=0&token=";

/// A session, and its token, that is in `room:x` and whose connection is lost.
std::string lost_session(virtual_node& node) {
  ws_client a{node, "troupe.v1.json", 1};
  a.join("room:x", "");
  a.lose_connection();
  node.settle();
  return token_of(a);
}

sse_client stream_of(virtual_node& node, const std::string& token) {
  sse_client c{node, 1};
  c.open(events_of + token);
  return c;
}

json last_of(const sse_client& c) { return json::parse(read_event_stream(c.stream()).events.back().data); }

std::string cursor_of(virtual_node& node, const std::string& token) {
  return body_of(*send_request(node, request("GET", poll_of + token)))["cursor"];
}

std::shared_ptr<test_exchange> poll_on(virtual_node& node, const std::string& cursor) {
  return send_request(node, request("GET", "/poll?cursor=" + cursor));
}

std::string error_of(const test_exchange& polled) {
  REQUIRE(polled.response());
  CHECK(polled.response()->status == 401);
  return body_of(polled)["error"]["code"];
}

void disconnect(virtual_node& node, const std::string& token) {
  api(node, "/api/disconnect", {{"session", token.substr(0, token.find('.'))}, {"reason", "enough"}});
}

/// A browser's EventSource: comes again when its stream ends, with the address it has and the last id it read, until it
/// reads another status than 200.
class event_source {
 public:
  event_source(virtual_node& node, std::string address) : node_(node), address_(std::move(address)) { open({}); }

  /// How often it had a stream.
  [[nodiscard]] int streams() const noexcept { return streams_; }
  [[nodiscard]] sse_client& stream() noexcept { return client_; }

  void come_again_if_cut() {
    if (over_ || client_.connected())
      return;
    const auto id = read_event_stream(client_.stream()).last_id;
    open(id.empty() ? fields{} : fields{{"last-event-id", id}});
  }

 private:
  void open(const fields& headers) {
    client_.open(address_, headers);
    over_ = client_.exchange().response().has_value();
    streams_ += over_ ? 0 : 1;
  }

  virtual_node& node_;
  const std::string address_;
  sse_client client_{node_, 1};
  int streams_ = 0;
  bool over_ = false; // it read a status
};

} // namespace

TEST_CASE("a stream whose session goes on over another connection is told so, last of all, whatever came") {
  for (const char* by : {"websocket", "stream", "poll"}) {
    INFO(by);
    scene s;
    const auto token = lost_session(s.node);
    auto old = stream_of(s.node, token);
    REQUIRE(old.token() == token);
    std::optional<ws_client> socket;
    if (by == std::string{"websocket"})
      socket.emplace(come_back(s.node, token, 0));
    else if (by == std::string{"stream"})
      REQUIRE(stream_of(s.node, token).token() == token);
    else
      cursor_of(s.node, token);
    CHECK_FALSE(old.connected());
    CHECK(last_of(old) == json{{"type", "closing"}, {"reason", "replaced by another connection"}, {"code", 4000}});
    CHECK(read_event_stream(old.stream()).last_id == "over");
  }
}

TEST_CASE("an EventSource whose session has gone on elsewhere comes once more, and is ended") {
  scene s;
  const auto token = lost_session(s.node);
  event_source a{s.node, events_of + token};
  auto b = come_back(s.node, token, 0);
  a.come_again_if_cut();
  CHECK(a.streams() == 1);
  publish_numbers(s.node, "room:x", 1, 2);
  CHECK(numbers(b.publications()) == range(1, 2));
}

TEST_CASE("two tabs with one address do not take the session from each other for ever") {
  for (const char* more : {"", "&attempt=3"}) {
    INFO(more);
    scene s;
    const auto address = events_of + lost_session(s.node) + more;
    event_source one{s.node, address}, other{s.node, address};
    for (int i = 0; i < 10; ++i) {
      one.come_again_if_cut();
      other.come_again_if_cut();
    }
    CHECK(one.streams() == 1);
    CHECK(other.streams() == 1);
    publish_numbers(s.node, "room:x", 1, 2);
    CHECK(in_stream(other.stream()) == range(1, 2));
  }
}

TEST_CASE("a page of another site reads that it is over, or its EventSource would come for ever") {
  auto settings = test_settings();
  settings.listen.origins = {"https://shop.example"};
  virtual_node node{{}, settings};
  const auto no = answer(node, "GET", "/events?format=envelope&channel=", {},
                         {{"origin", "https://shop.example"}, {"last-event-id", "over"}});
  CHECK(no.status == 204);
  CHECK(no.body.empty());
  CHECK(header(no, "Access-Control-Allow-Origin") == "https://shop.example");
}

TEST_CASE("a poll whose session goes on over another connection is told so, whether it waits or comes later") {
  scene s;
  const auto token = lost_session(s.node);
  const auto cursor = cursor_of(s.node, token);
  const auto waits = poll_on(s.node, cursor);
  REQUIRE(waits->waiting());
  auto b = come_back(s.node, token, 0);
  CHECK(error_of(*waits) == "replaced");
  CHECK(error_of(*poll_on(s.node, cursor)) == "replaced");
  publish_numbers(s.node, "room:x", 1, 2);
  CHECK(numbers(b.publications()) == range(1, 2));
}

TEST_CASE("a poll that waits is told that another poll has the session") {
  scene s;
  const auto token = lost_session(s.node);
  const auto waits = poll_on(s.node, cursor_of(s.node, token));
  const auto other = cursor_of(s.node, token);
  CHECK(error_of(*waits) == "replaced");
  CHECK(poll_on(s.node, other)->waiting());
}

TEST_CASE("who is disconnected by the API reads that it was kicked, on streams and by polls") {
  scene s;
  for (const char* target : {"/events?channel=room:x", "/events?channel=room:x&format=envelope"}) {
    INFO(target);
    event_source a{s.node, target};
    disconnect(s.node, a.stream().token());
    auto told = last_of(a.stream());
    told.erase("type");
    CHECK(told == json{{"reason", "enough"}, {"code", 4003}});
    a.come_again_if_cut();
    CHECK(a.streams() == 1);
  }
  const auto token = lost_session(s.node);
  const auto cursor = cursor_of(s.node, token);
  const auto waits = poll_on(s.node, cursor);
  disconnect(s.node, token);
  CHECK(error_of(*waits) == "kicked");
  CHECK(error_of(*poll_on(s.node, cursor)) == "kicked");
}

TEST_CASE("who is disconnected before its stream has begun is answered, not cut off") {
  scene s;
  const auto asked = std::make_shared<test_exchange>(s.node, request("GET", "/events?channel=room:x"));
  s.node.router(0).handle(asked);
  REQUIRE(asked->waiting());
  REQUIRE(s.node.shard_at(0).disconnect(session_id{0, 0, 1}, "enough")); // asking for the list would let it begin
  s.node.shard_at(0).flush();
  s.node.settle();
  CHECK(error_of(*asked) == "kicked");
}

TEST_CASE("an EventSource of a session that is in no channel of its address keeps its session: it is given no id to go by") {
  for (const char* channel : {"&channel=open:a", ""}) {
    INFO(channel);
    scene s;
    const auto token = lost_session(s.node);
    event_source a{s.node, "/events?format=envelope" + std::string{channel} + "&received=0&token=" + token};
    publish_numbers(s.node, "room:x", 1, 1);
    REQUIRE(in_stream(a.stream()) == range(1, 1));
    CHECK(a.stream().stream().find("id:") == std::string::npos);
    a.stream().lose_connection();
    a.come_again_if_cut();
    CHECK(a.stream().token() == token);
  }
}
