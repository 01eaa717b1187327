/// What sessions without a connection hold, all together: counted as it is, and bounded.

#include "tests/actors/virtual_node/coming_back.hpp"

#include <tuple>

using namespace troupe;
using namespace troupe::actors::testing;

namespace {

/// `tell` {n} pushes n KB to everybody else. Notes who is away.
class teller final : public channel {
 public:
  explicit teller(std::shared_ptr<diary> d) : diary_(std::move(d)) {}

 private:
  void setup() override {
    on<int>("tell", [this](const member& who, const int& kilobytes) {
      for (const auto& m : members())
        if (m.id != who.id)
          std::ignore = push(m, "hint", std::string(static_cast<std::size_t>(kilobytes) * 1000, 'x'));
      return done();
    });
  }
  void on_away(const member& who) override { diary_->joins.push_back("away " + to_string(who.id)); }
  void on_leave(const member& who, leave_reason why) override {
    diary_->leaves.push_back(to_string(who.id) + " " + std::string{to_string(why)});
  }
  std::shared_ptr<diary> diary_;
};

/// One shard, which may hold 50 KB; `tell:*` and inboxes are tellers.
struct hall {
  explicit hall(config::settings settings = bounded()) : node(plan(notes), with_inboxes(std::move(settings)), 1) {}

  static config::settings with_inboxes(config::settings s) {
    s.namespaces.back().kind = config::channel_kind::application;
    return s;
  }

  static config::settings bounded() {
    auto s = test_settings();
    s.limits.detached_bytes = 50'000;
    return s;
  }

  static actors::node_plan plan(const std::shared_ptr<diary>& notes) {
    actors::node_plan p;
    for (const char* pattern : {"tell:*", "user:*"})
      p.classes.add(pattern, [notes](const std::string&) { return std::make_unique<teller>(notes); });
    return p;
  }

  /// A client in `channel`, with `params` of so many bytes.
  std::unique_ptr<ws_client> come(const std::string& channel, std::size_t params = 0) {
    auto c = std::make_unique<ws_client>(node, "troupe.v1.json");
    REQUIRE(c->ask({{"action", "subscribe"}, {"channel", channel}, {"params", std::string(params, 'p')}})["type"] == "subscribed");
    return c;
  }

  std::uint64_t passed() { return node.metric("limits.detached_bytes"); }

  std::shared_ptr<diary> notes = std::make_shared<diary>();
  virtual_node node;
};

void tell(ws_client& by, const std::string& channel, int kilobytes) {
  REQUIRE(by.ask({{"action", "call"}, {"channel", channel}, {"event", "tell"}, {"data", kilobytes}})["type"] == "reply");
}

bool is_back(virtual_node& node, const std::string& token) {
  return come_back(node, token, 1).messages().back()["type"] == "resumed";
}

} // namespace

TEST_CASE("bytes held for clients that are away are bounded: who holds most is forced out, and told on return") {
  hall h;
  auto light = h.come("open:a"), heavy = h.come("open:a", 30'000), next = h.come("open:a", 20'000);
  std::vector<std::string> tokens;
  for (auto* c : {light.get(), heavy.get(), next.get()}) {
    tokens.push_back(token_of(*c));
    CHECK(h.passed() == 0);
    c->lose_connection();
  }
  CHECK(h.passed() == 1);
  CHECK(h.node.counters(0).sessions_detached == 2);
  h.node.pass(1s);
  CHECK(h.node.counters(0).detached_bytes > 20'000);
  CHECK(h.node.counters(0).detached_bytes < 30'000);
  const auto no = come_back(h.node, tokens[1], 1).messages().back();
  CHECK(no["code"] == "expired");
  CHECK(no["message"].get<std::string>().find("too much was kept") != std::string::npos);
  CHECK(is_back(h.node, tokens[0]));
  CHECK(is_back(h.node, tokens[2]));
}

TEST_CASE("what is said to clients while they are away counts, and what came before they left") {
  hall h;
  auto speaker = h.come("tell:a"), idle = h.come("open:a"), absent = h.come("tell:a");
  const auto idle_token = token_of(*idle).get<std::string>(), token = token_of(*absent).get<std::string>();
  idle->lose_connection();
  SECTION("while it is away") {
    absent->lose_connection();
    tell(*speaker, "tell:a", 30);
    CHECK(h.passed() == 0);
    tell(*speaker, "tell:a", 30);
  }
  SECTION("all in one message") {
    absent->lose_connection();
    tell(*speaker, "tell:a", 60);
  }
  SECTION("written to it, and not known to have arrived") {
    for (int i = 0; i < 5; ++i)
      tell(*speaker, "tell:a", 3); // about as much as a journal keeps
    absent->lose_connection();
    CHECK(h.passed() == 0);
    tell(*speaker, "tell:a", 40); // which alone would not be too much
  }
  CHECK(h.passed() == 1);
  CHECK(h.notes->leaves.size() == 1);
  CHECK_FALSE(is_back(h.node, token));
  CHECK(is_back(h.node, idle_token));
}

TEST_CASE("what waits for a client is held no longer once it is back and has it") {
  hall h;
  auto speaker = h.come("tell:a"), absent = h.come("tell:a");
  const auto token = token_of(*absent).get<std::string>();
  std::uint64_t received = 1;
  absent->lose_connection();
  for (int i = 0; i < 4; ++i) {
    tell(*speaker, "tell:a", 30);
    auto b = come_back(h.node, token, received);
    REQUIRE(b.messages("push").size() == 1);
    received += 1;
    b.send({{"action", "ack"}, {"received", received}});
    h.node.settle();
    b.lose_connection();
  }
  CHECK(h.passed() == 0);
}

TEST_CASE("commands that wait for a leave which is under way count while their client is away") {
  hall h;
  auto c = h.come("tell:a");
  c->send({{"action", "unsubscribe"}, {"channel", "tell:a"}});
  c->send({{"action", "subscribe"}, {"channel", "tell:a"}});
  c->send({{"action", "publish"}, {"channel", "tell:a"}, {"data", std::string(51'000, 'x')}});
  CHECK(h.passed() == 0);
  c->lose_connection(); // before the channel has heard any of that
  CHECK(h.passed() == 1);
}

TEST_CASE("sessions between two polls are bounded from the first moment, and their channels do not hear that they are away") {
  hall h{[] {
    auto s = test_settings();
    s.limits.sessions_detached = 4;
    return s;
  }()};
  for (int i = 0; i < 10; ++i)
    REQUIRE(send_request(h.node, request("GET", "/poll?channel=tell:a"))->response()); // and never again
  CHECK(h.node.counters(0).sessions[transport_kind::poll] == 4);
  CHECK(h.node.counters(0).sessions_detached == 4);
  CHECK(h.notes->leaves.size() == 6);
  h.node.pass(4s);
  CHECK(h.notes->joins.empty());
  h.node.pass(2s);
  CHECK(h.notes->joins.size() == 4); // away now
  CHECK(h.node.counters(0).sessions_detached == 4);
}

TEST_CASE("who polls again is counted only between polls, and is the last of its owner to go") {
  hall h{[] {
    auto s = test_settings();
    s.limits.sessions_detached = 2;
    return s;
  }()};
  poll_client there{h.node};
  there.join("open:a", "");
  for (int i = 1; i <= 20; ++i) {
    publish_numbers(h.node, "open:a", i, i);
    REQUIRE(there.publications().size() == static_cast<std::size_t>(i)); // and polls again
    CHECK(h.node.counters(0).sessions_detached <= 2);
    REQUIRE(send_request(h.node, request("GET", "/poll?channel=open:b"))->response());
  }
  CHECK(h.node.counters(0).sessions_opened == 21);
}

TEST_CASE("what waits for the next poll counts between polls, and no more once it was told") {
  hall h;
  auto speaker = h.come("tell:a");
  poll_client p{h.node};
  p.join("tell:a", "");
  REQUIRE(p.publications().empty());
  p.lose_connection();
  SECTION("told with each poll") {
    for (std::size_t i = 1; i <= 4; ++i) {
      tell(*speaker, "tell:a", 30);
      REQUIRE(p.publications().size() == i);
      p.lose_connection();
    }
    CHECK(h.passed() == 0);
  }
  SECTION("never told") {
    tell(*speaker, "tell:a", 30);
    CHECK(h.passed() == 0);
    tell(*speaker, "tell:a", 30);
    CHECK(h.passed() == 1);
  }
}

TEST_CASE("what a poll of an inbox was told counts no more once it is written") {
  hall h;
  auto speaker = h.come("user:ann");
  const auto poll = [&] { return send_request(h.node, request("GET", "/poll?userId=ann")); };
  const auto first = poll();
  REQUIRE(first->waiting());
  first->give_up();
  tell(*speaker, "user:ann", 30);
  REQUIRE(poll()->response());
  auto other = h.come("open:a", 30'000);
  other->lose_connection();
  CHECK(h.passed() == 0);
}
