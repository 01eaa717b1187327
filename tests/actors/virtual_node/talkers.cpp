#include "talkers.hpp"

#include "testing/event_stream_reader.hpp"

#include <utility>

namespace troupe::actors::testing {

namespace {

using headers = std::vector<std::pair<std::string, std::string>>;

/// For a node whose on_connect believes it.
headers as(const std::string& user) { return user.empty() ? headers{} : headers{{"x-user", user}}; }

class ws_talker final : public talker {
 public:
  ws_talker(virtual_node& node, std::string protocol, const std::string& user)
      : client_(node, std::move(protocol), 1, "/ws", as(user)) {}
  json command(json what) override { return client_.ask(std::move(what)); }
  std::vector<json> told() override { return client_.messages(); }
  void lose() override { client_.lose_connection(); }
  void stop_reading() override { client_.stop_reading(); }
  void read_again() override { client_.read_again(); }

 private:
  ws_client client_;
};

/// Answers to its commands come as bodies of POST /send.
class http_talker : public talker {
 public:
  explicit http_talker(virtual_node& node) : node_(node) {}
  json command(json what) override {
    what["token"] = token();
    what["id"] = 1;
    const auto sent = send_request(node_, request("POST", "/send", what.dump()));
    if (what["action"] == "answer" || !sent->response()) // `answer` hears nothing but errors
      return {};
    return json::parse(sent->response()->body);
  }

 protected:
  virtual std::string token() = 0;
  virtual_node& node_;
};

class sse_talker final : public http_talker {
 public:
  sse_talker(virtual_node& node, const std::string& user) : http_talker(node), client_(node, 1) {
    client_.open("/events?channel=lobby&format=envelope", as(user));
  }
  std::vector<json> told() override {
    std::vector<json> all;
    for (const auto& e : protocol::test::read_event_stream(client_.stream()).events)
      all.push_back(json::parse(e.data));
    return all;
  }
  void lose() override { client_.lose_connection(); }
  void stop_reading() override { client_.stop_reading(); }
  void read_again() override { client_.read_again(); }

 private:
  std::string token() override { return client_.token(); }
  sse_client client_;
};

class poll_talker final : public http_talker {
 public:
  poll_talker(virtual_node& node, const std::string& user) : http_talker(node) {
    take(answer(node, "GET", "/poll?channel=lobby", {}, as(user)));
  }
  std::vector<json> told() override {
    for (int i = 0; i < 100; ++i) {
      if (!waiting_)
        waiting_ = send_request(node_, request("GET", "/poll?cursor=" + cursor_), 1);
      if (waiting_->waiting())
        break;
      take(*std::exchange(waiting_, nullptr)->response());
    }
    return told_;
  }
  void lose() override {
    if (waiting_)
      waiting_->give_up();
    waiting_ = nullptr;
  }

 private:
  std::string token() override { return token_; }
  void take(const transports::http_response& r) {
    INFO(r.body);
    REQUIRE(r.status == 200);
    const auto body = json::parse(r.body);
    cursor_ = body["cursor"];
    token_ = body["token"];
    for (auto m : body["messages"]) {
      if (!m.contains("type"))
        m["type"] = "broadcast";
      if (m["type"] == "broadcast")
        m["data"] = m["message"];
      told_.push_back(m);
    }
    for (const auto& m : body.value("control", json::array()))
      told_.push_back(m);
  }
  std::string cursor_, token_;
  std::shared_ptr<test_exchange> waiting_;
  std::vector<json> told_;
};

} // namespace

std::vector<json> talker::told(std::string_view type) {
  std::vector<json> all;
  for (auto& m : told())
    if (m.value("type", "") == type)
      all.push_back(m);
  return all;
}

const std::vector<talker_case>& all_talkers() {
  using node = virtual_node;
  using text = const std::string&;
  static const std::vector<talker_case> all{
      {"WebSocket, JSON", [](node& n, text user) { return std::make_unique<ws_talker>(n, "troupe.v1.json", user); }},
      {"WebSocket, msgpack", [](node& n, text user) { return std::make_unique<ws_talker>(n, "troupe.v1.msgpack", user); }},
      {"SSE", [](node& n, text user) { return std::make_unique<sse_talker>(n, user); }},
      {"long poll", [](node& n, text user) { return std::make_unique<poll_talker>(n, user); }},
  };
  return all;
}

} // namespace troupe::actors::testing
