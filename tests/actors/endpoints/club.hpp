#pragma once
/// A node that asks who its clients are, and clients of each transport on their way in.

#include "tests/actors/virtual_node/scene.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace troupe::actors::testing {

using lines = std::vector<std::string>;

inline std::string described(const member& who) {
  return std::string{to_string(who.transport)} + " " + (who.user.empty() ? "nobody" : who.user) + " " +
         std::string{who.data.json()};
}

/// `hall:*`: notes who comes in and who publishes.
class hall final : public channel {
 public:
  explicit hall(std::shared_ptr<lines> book) : book_(std::move(book)) {}

  join_result on_join(const member& who, const payload&) override {
    book_->push_back(described(who));
    return accept();
  }
  publish_result on_publish(const member& who, draft&) override {
    book_->push_back("publish " + described(who));
    return done();
  }

 private:
  std::shared_ptr<lines> book_;
};

/// A mount that greets who comes.
class greeter final : public raw_mount {
 public:
  void on_open(session_id who) override { send(who, "hello", true); }
  void on_message(session_id, std::string_view, bool) override {}
};

/// A node whose clients say who they are by the cookie `login`; without one they are refused.
struct club {
  explicit club(connect_hook hook, config::settings settings = with_closed_rooms(), std::uint32_t shards = 2)
      : node(plan(std::move(hook), book), std::move(settings), shards) {}

  static config::settings with_closed_rooms() {
    auto all = test_settings();
    config::name_space closed;
    closed.pattern = "closed:*";
    closed.kind = config::channel_kind::open;
    closed.subscribe = config::permission::nobody;
    all.namespaces.push_back(std::move(closed));
    return all;
  }

  static node_plan plan(connect_hook hook, const std::shared_ptr<lines>& book) {
    node_plan p;
    p.classes.add("hall:*", [book](const std::string&) { return std::make_unique<hall>(book); });
    p.mounts.emplace_back("/greet", [] { return std::make_unique<greeter>(); });
    p.on_connect = std::move(hook);
    return p;
  }

  std::shared_ptr<lines> book = std::make_shared<lines>();
  virtual_node node;
};

inline connect_result by_cookie(const handshake& who) {
  const std::string user{who.cookie("login")};
  if (user.empty())
    return refuse(error_code::unauthorised, "log in first");
  return identity{user, payload::json_text("{\"of\":\"" + user + "\"}"), {"closed:" + user}};
}

using fields = std::vector<std::pair<std::string, std::string>>;

inline fields login(const std::string& user) { return {{"cookie", "a=b; login=" + user}}; }

inline std::shared_ptr<test_exchange> get(virtual_node& node, const std::string& target,
                                          fields headers = {}) {
  return send_request(node, request("GET", target, {}, std::move(headers)));
}

inline std::size_t sessions(virtual_node& node) {
  std::size_t all = 0;
  for (std::uint32_t i = 0; i < node.shards(); ++i)
    all += node.counters(i).sessions_opened;
  return all;
}

/// One client of each transport on its way into `hall:a`, and how it stands with it.
struct arrival {
  std::string name;
  std::shared_ptr<test_exchange> asked;

  [[nodiscard]] bool in() const {
    return asked->web_socket() || asked->body_stream() || (asked->response() && asked->response()->status == 200);
  }
};

inline std::vector<arrival> arrive(virtual_node& node, const fields& headers = {}) {
  const auto upgrade = [&](const std::string& path) {
    auto what = request("GET", path, {}, headers);
    what.upgrade = true;
    auto asked = std::make_shared<test_exchange>(node, std::move(what));
    node.router(1).upgrade(asked);
    node.settle();
    return asked;
  };
  return {{"WebSocket", upgrade("/ws")},
          {"mount", upgrade("/greet")},
          {"stream", get(node, "/events?channel=hall:a", headers)},
          {"poll", get(node, "/poll?channel=hall:a", headers)}};
}

} // namespace troupe::actors::testing
