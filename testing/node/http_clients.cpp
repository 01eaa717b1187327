#include "testing/node/clients.hpp"

#include "testing/in_address.hpp"
#include "testing/require.hpp"
#include "testing/event_stream_reader.hpp"
#include "transports/http_target.hpp"

#include <utility>

namespace troupe::actors::testing {

// -- requests -----------------------------------------------------------------

transports::http_request request(std::string method, std::string target, std::string body,
                                 std::vector<std::pair<std::string, std::string>> headers) {
  transports::http_target parts;
  require(!transports::parse_http_target(method, target, parts), "a bad target: " + target);
  transports::http_request r;
  r.method = std::move(method);
  r.path = std::move(parts.path);
  r.query = std::move(parts.query);
  r.headers = std::move(headers);
  if (!r.header("host"))
    r.headers.emplace_back("host", "127.0.0.1:8080");
  r.body = std::move(body);
  r.peer = "127.0.0.1:50000";
  return r;
}

std::uint32_t home_of(virtual_node& node, transports::http_request what) {
  return static_cast<std::uint32_t>(node.router(0).home(what));
}

std::shared_ptr<test_exchange> send_request(virtual_node& node, transports::http_request what, std::uint32_t lands_on) {
  const auto home = static_cast<std::uint32_t>(node.router(lands_on).home(what));
  auto made = std::make_shared<test_exchange>(node, std::move(what));
  node.router(home).handle(made);
  node.settle();
  return made;
}

transports::http_response answer(virtual_node& node, std::string method, std::string target, std::string body,
                                 std::vector<std::pair<std::string, std::string>> headers) {
  const auto sent = send_request(node, request(std::move(method), std::move(target), std::move(body), std::move(headers)));
  require(sent->response().has_value(), "no answer to " + sent->request().method + " " + sent->request().path);
  return *sent->response();
}

std::string header(const transports::http_response& r, std::string_view name) {
  for (const auto& [key, value] : r.headers)
    if (key == name)
      return value;
  return {};
}

json body_of(const test_exchange& e) {
  require(e.response().has_value(), "no answer to " + e.request().method + " " + e.request().path);
  return json::parse(e.response()->body);
}

json api(virtual_node& node, const std::string& path, const json& body, unsigned expected_status) {
  const auto r = answer(node, "POST", path, body.dump(), {{"authorization", "Bearer " + std::string{api_key}}});
  require(r.status == expected_status, path + " was answered " + std::to_string(r.status) + ": " + r.body);
  return json::parse(r.body);
}

json api_get(virtual_node& node, const std::string& target, unsigned expected_status) {
  const auto r = answer(node, "GET", target, {}, {{"authorization", "Bearer " + std::string{api_key}}});
  require(r.status == expected_status, target + " was answered " + std::to_string(r.status) + ": " + r.body);
  return json::parse(r.body);
}

// -- SSE ----------------------------------------------------------------------

namespace {

std::optional<std::uint64_t> offset_of(const std::string& id) {
  const auto dash = id.rfind('-');
  const auto offset = dash == std::string::npos ? 0 : std::stoull(id.substr(dash + 1));
  return offset == 0 ? std::nullopt : std::optional<std::uint64_t>{offset};
}

} // namespace

void sse_client::open(const std::string& target, std::vector<std::pair<std::string, std::string>> headers) {
  exchange_ = std::make_shared<test_exchange>(node_, request("GET", target, {}, std::move(headers)));
  node_.router(shard_).handle(exchange_);
  node_.settle();
}

std::string sse_client::stream() const {
  return exchange_ && exchange_->body_stream() ? exchange_->body_stream()->arrived() : std::string{};
}

std::string sse_client::token() {
  const auto reading = protocol::test::read_event_stream(stream());
  return json::parse(reading.events.at(0).data).at("token");
}

void sse_client::join(const std::string& channel, const std::string& since) {
  channel_ = channel;
  std::vector<std::pair<std::string, std::string>> headers;
  if (!since.empty())
    headers.emplace_back("last-event-id", since);
  open("/events?channel=" + troupe::testing::in_address(channel), std::move(headers));
}

std::vector<heard> sse_client::publications() {
  std::vector<heard> all;
  std::optional<std::uint64_t> last;
  for (const auto& e : protocol::test::read_event_stream(stream()).events) {
    if (e.event == "gap" || e.event == "error" || e.event.starts_with("$"))
      continue;
    const auto data = json::parse(e.data);
    if (data.is_object() && data.value("type", "") == "connected")
      continue;
    const auto offset = offset_of(e.last_id);
    all.push_back({channel_, e.event, data, offset == last ? std::nullopt : offset});
    last = offset;
  }
  return all;
}

std::vector<heard_gap> sse_client::gaps() {
  std::vector<heard_gap> all;
  for (const auto& e : protocol::test::read_event_stream(stream()).events) {
    if (e.event != "gap")
      continue;
    const auto m = json::parse(e.data);
    all.push_back({m["channel"], m["offset"], m["missed"].is_null() ? std::nullopt : std::optional<std::uint64_t>{m["missed"]}});
  }
  return all;
}

std::string sse_client::position() { return protocol::test::read_event_stream(stream()).last_id; }

void sse_client::lose_connection() {
  exchange_->body_stream()->peer_closes(protocol::close_code::none, "lost");
  node_.settle();
}

// -- long poll ----------------------------------------------------------------

std::shared_ptr<test_exchange> poll_client::poll(const std::string& target) {
  return send_request(node_, request("GET", target), shard_);
}

void poll_client::take(const test_exchange& answered) {
  const auto body = body_of(answered);
  require(answered.response()->status == 200, "a poll was answered " + body.dump());
  cursor_ = body["cursor"];
  if (const auto& at = body["positions"]; at.contains(channel_))
    place_ = at[channel_]["epoch"].get<std::string>() + "-" + std::to_string(at[channel_]["offset"].get<std::uint64_t>());
  token_ = body["token"];
  for (const auto& m : body["messages"])
    heard_.push_back({m["channel"], m.value("event", ""), m["message"],
                      m.contains("offset") ? std::optional<std::uint64_t>{m["offset"]} : std::nullopt});
  for (const auto& m : body["gaps"])
    gaps_.push_back({m["channel"], m["offset"], m["missed"].is_null() ? std::nullopt : std::optional<std::uint64_t>{m["missed"]}});
}

/// Polls as long as answers come at once; the last poll stays waiting.
void poll_client::poll_until_quiet() {
  for (int i = 0; i < 1000 && !stopped_; ++i) {
    if (!waiting_)
      waiting_ = poll("/poll?cursor=" + troupe::testing::in_address(cursor_));
    node_.settle();
    if (waiting_->waiting())
      return;
    take(*std::exchange(waiting_, nullptr));
  }
}

void poll_client::join(const std::string& channel, const std::string& since) {
  channel_ = channel;
  if (since.find('~') != std::string::npos) {
    cursor_ = since;
    return poll_until_quiet();
  }
  waiting_ = poll("/poll?channel=" + troupe::testing::in_address(channel) + (since.empty() ? "" : "&since=" + troupe::testing::in_address(since)));
}

std::vector<heard> poll_client::publications() {
  poll_until_quiet();
  return heard_;
}

std::vector<heard_gap> poll_client::gaps() {
  poll_until_quiet();
  return gaps_;
}

std::string poll_client::position() {
  poll_until_quiet();
  return cursor_;
}

void poll_client::lose_connection() {
  if (waiting_)
    std::exchange(waiting_, nullptr)->give_up();
  node_.settle();
}

// -- all transports -----------------------------------------------------------

const std::vector<transport_case>& all_transports() {
  static const std::vector<transport_case> all{
      {"WebSocket, JSON", [](virtual_node& h, std::uint32_t s) { return std::make_unique<ws_client>(h, "troupe.v1.json", s); }},
      {"WebSocket, msgpack", [](virtual_node& h, std::uint32_t s) { return std::make_unique<ws_client>(h, "troupe.v1.msgpack", s); }},
      {"SSE", [](virtual_node& h, std::uint32_t s) { return std::make_unique<sse_client>(h, s); }},
      {"long poll", [](virtual_node& h, std::uint32_t s) { return std::make_unique<poll_client>(h, s); }},
  };
  return all;
}

} // namespace troupe::actors::testing
