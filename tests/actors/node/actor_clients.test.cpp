// An actor of the application's as a client: a member as any other, with its order, its gaps and its leave.

#include "actors/sessions/shard.hpp"
#include "tests/actors/virtual_node/scene.hpp"

#include <catch2/catch.hpp>

#include <troupe/actor_client.hpp>

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <deque>
#include <utility>

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

/// What the actor heard, as texts; it keeps the marks of what it hears while it is slow.
struct ear {
  std::vector<std::string> all;
  std::deque<hearing> kept;
  bool slow = false;

  std::vector<std::string> fresh() { return std::exchange(all, {}); }
};

class listener final : public caf::event_based_actor {
 public:
  listener(caf::actor_config& cfg, std::shared_ptr<ear> to) : caf::event_based_actor(cfg), to_(std::move(to)) {
    set_default_handler(caf::drop);
  }
  caf::behavior make_behavior() override {
    return {
        [this](const heard_welcome& m) { note("welcome " + to_string(m.self), {}); },
        [this](const heard_joined& m) { note("joined " + m.channel, m.mark); },
        [this](const troupe::heard& m) { note(m.channel + " " + m.what->event + " " + std::string{m.what->data.json()}, m.mark); },
        [this](const heard_push& m) { note("push " + m.event + " " + std::string{m.data.json()}, m.mark); },
        [this](const troupe::heard_gap& m) { note("gap " + std::to_string(m.missed.value_or(0)), m.mark); },
        [this](const heard_presence& m) {
          note("presence +" + std::to_string(m.joined.size()) + " -" + std::to_string(m.left.size()) + " of " +
                   std::to_string(m.count),
               m.mark);
        },
        [this](const heard_answer& m) {
          note("answer " + std::to_string(m.id) + " " +
                   (m.what.ok() ? std::string{m.what.data().json()} : std::string{protocol::to_string(m.what.why_not()->code)}),
               m.mark);
        },
        [this](const heard_left& m) { note("left " + m.channel + " " + m.reason, m.mark); },
        [this](const heard_closed& m) { note("closed " + m.reason, {}); },
    };
  }

 private:
  void note(std::string what, const hearing& mark) {
    to_->all.push_back(std::move(what));
    if (to_->slow && mark)
      to_->kept.push_back(mark);
  }

  const std::shared_ptr<ear> to_;
};

struct house : scene {
  using scene::scene;
  ~house() {
    for (const auto& who : actors)
      end(who);
  }

  /// Another actor, and the client that it becomes.
  std::pair<caf::actor, actor_client> come(std::shared_ptr<ear> to, identity as = {}) {
    auto who = node.system().spawn<listener>(std::move(to));
    actors.push_back(who);
    actor_client me{node.outlets().make_client(who, std::move(as))};
    node.settle();
    return {who, me};
  }
  void end(const caf::actor& who) {
    caf::anon_send_exit(who, caf::exit_reason::user_shutdown);
    node.settle();
  }

  std::vector<caf::actor> actors;
};

using texts = std::vector<std::string>;

} // namespace

TEST_CASE("an actor joins a channel, hears it in order, says something itself, and leaves") {
  house h;
  const auto to = std::make_shared<ear>();
  auto [who, me] = h.come(to);
  REQUIRE(to->all.size() == 1);
  const auto self = to->fresh()[0].substr(8);
  CHECK(me.join("room:1") == handed::over);
  h.node.settle();
  CHECK(to->fresh() == texts{"joined room:1"});
  CHECK(h.notes->joins == texts{self});
  ws_client other{h.node, "troupe.v1.json", 1};
  other.join("room:1", {});
  other.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "say"}, {"data", 1}});
  other.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "say"}, {"data", 2}});
  CHECK(to->fresh() == texts{"room:1 said 1", "room:1 said 2"});
  for (const auto& to_whom : {other.session(), self}) // the first is not for it
    other.ask({{"action", "call"}, {"channel", "room:1"}, {"event", "alone"}, {"data", to_whom}});
  CHECK(to->fresh() == texts{"room:1 said \"" + self + "\""});
  me.call("room:1", "both", payload{}, 7);
  h.node.settle();
  CHECK(to->fresh() == texts{"push hint 1", "room:1 told 2", "answer 7 3"});
  me.publish("room:1", "n", 5, 8);
  h.node.settle();
  const auto said = to->fresh();
  REQUIRE(said.size() == 2);
  CHECK(said[0] == "room:1 n 5");
  CHECK(said[1].starts_with("answer 8 {"));
  me.publish("room:2", "n", 5, 9);
  h.node.settle();
  CHECK(to->fresh() == texts{"answer 9 not_joined"});
  me.leave("room:1");
  h.node.settle();
  CHECK(to->fresh() == texts{"left room:1 left"});
  CHECK(h.notes->leaves == texts{self + " left"});
}

TEST_CASE("an actor is seen as a member by its transport, its user and in the counts") {
  house h;
  const auto to = std::make_shared<ear>();
  auto [who, me] = h.come(to, {.user = "robot"});
  me.join("open:a", {.presence = true});
  h.node.settle();
  std::uint64_t actors = 0;
  for (std::uint32_t i = 0; i < h.node.shards(); ++i)
    actors += h.node.counters(i).sessions[transport_kind::actor];
  CHECK(actors == 1);
  ws_client other{h.node};
  other.join("open:a", {});
  h.node.pass(200ms);
  const auto there = other.ask({{"action", "presence"}, {"channel", "open:a"}});
  CHECK(there.dump().find("robot") != std::string::npos);
  CHECK(to->fresh().back() == "presence +1 -0 of 2");
}

TEST_CASE("a slow actor has one batch in its mailbox, falls behind the log, and is told how much it missed") {
  const auto policy = GENERATE(config::overflow_policy::gap, config::overflow_policy::latest);
  const auto expected = policy == config::overflow_policy::gap ? texts{"gap 99"} : texts{"open:a n 100", "gap 98"};
  auto s = test_settings();
  s.limits.log_entries = 32;
  s.namespaces[1].history_size = 32;
  s.namespaces[1].overflow = policy;
  house h{s, 1};
  const auto to = std::make_shared<ear>();
  auto [who, me] = h.come(to);
  me.join("open:a");
  h.node.settle();
  to->fresh();
  to->slow = true;
  const outlet out{h.node.outlets().make()};
  const auto say = [&](int from, int until) {
    for (int i = from; i <= until; ++i) {
      out.publish("open:a", "n", i);
      h.node.settle();
    }
  };
  say(1, 1);
  CHECK(to->fresh() == texts{"open:a n 1"});
  say(2, 100);
  CHECK(to->fresh().empty()); // it holds the mark of the first
  to->slow = false;
  to->kept.clear();
  h.node.settle();
  CHECK(to->fresh() == expected);
}

TEST_CASE("an actor that ends is gone from its channels, as lost; one that closes has left") {
  house h;
  const auto first = std::make_shared<ear>(), second = std::make_shared<ear>();
  auto [dying, its] = h.come(first);
  auto [closing, own] = h.come(second);
  its.join("room:1");
  own.join("room:1");
  h.node.settle();
  h.end(dying);
  h.node.settle();
  REQUIRE(h.notes->leaves.size() == 1);
  CHECK(h.notes->leaves[0].ends_with(" lost"));
  CHECK(its.join("room:2") == handed::stopped);
  own.close();
  h.node.settle();
  CHECK(second->all.back() == "closed closed");
  REQUIRE(h.notes->leaves.size() == 2);
  CHECK(h.notes->leaves[1].ends_with(" left"));
  CHECK(own.join("room:2") == handed::stopped);
}

TEST_CASE("an actor hears of the end of its shard and of the node's, and may come again") {
  house h{test_settings(), 1};
  const auto to = std::make_shared<ear>();
  auto [who, me] = h.come(to);
  me.join("room:1");
  h.node.settle();
  to->fresh();
  h.node.fail_actor("shard-0");
  h.node.pass(2s);
  CHECK(to->fresh() == texts{"closed internal error"});
  CHECK(me.join("room:1") == handed::stopped);
  const actor_client again{h.node.outlets().make_client(who, {})};
  again.join("room:1");
  h.node.settle();
  CHECK(to->fresh().back() == "joined room:1");
  h.node.drain();
  h.node.pass(1s);
  CHECK(to->fresh().back() == "closed drain");
  CHECK(h.node.drained());
}

TEST_CASE("an actor has as many commands under way as a socket, and the rest waits in order") {
  auto s = test_settings();
  s.limits.commands_per_connection = 4;
  house h{s};
  const auto to = std::make_shared<ear>();
  auto [who, me] = h.come(to);
  me.join("room:1");
  h.node.settle();
  to->fresh();
  for (int i = 1; i <= 50; ++i)
    me.call("room:1", "count", payload{}, i);
  h.node.settle();
  const auto all = to->fresh();
  REQUIRE(all.size() == 50);
  for (int i = 1; i <= 50; ++i)
    CHECK(all[static_cast<std::size_t>(i - 1)] == "answer " + std::to_string(i) + " " + std::to_string(i));
}

TEST_CASE("what an actor says while its commands are under way is heard, although what comes before is answered at once") {
  auto s = test_settings();
  s.limits.commands_per_connection = 1;
  house h{s, 1};
  const auto to = std::make_shared<ear>();
  auto [who, me] = h.come(to);
  to->fresh();
  me.publish("open:a", "n", 1, 1);
  me.leave("open:a"); // refused without anybody's word
  h.node.shard_at(0).flush();
  me.publish("open:a", "n", 2, 2);
  h.node.settle();
  const auto all = to->fresh();
  REQUIRE(all.size() == 3);
  CHECK(all[0].starts_with("answer 1 {"));
  CHECK(all[1] == "answer 0 not_joined");
  CHECK(all[2].starts_with("answer 2 {"));
}

TEST_CASE("an actor that is behind when the node stops hears the rest before it is sent away, and keeps nobody waiting") {
  house h{test_settings(), 1};
  const auto to = std::make_shared<ear>();
  auto [who, me] = h.come(to);
  me.join("open:a");
  h.node.settle();
  to->fresh();
  to->slow = true;
  const outlet out{h.node.outlets().make()};
  for (int i = 1; i <= 3; ++i) {
    out.publish("open:a", "n", i);
    h.node.settle();
  }
  CHECK(to->fresh() == texts{"open:a n 1"});
  h.node.outlets().close();
  h.node.drain();
  h.node.pass(500ms);
  CHECK_FALSE(h.node.drained());
  to->slow = false;
  to->kept.clear();
  h.node.pass(1s);
  CHECK(to->fresh() == texts{"open:a n 2", "open:a n 3", "closed drain"});
  CHECK(h.node.drained());
}

TEST_CASE("an actor whose session was ended is let go of") {
  house h{test_settings(), 1};
  auto to = std::make_shared<ear>();
  const std::weak_ptr<ear> its = to;
  {
    auto [who, me] = h.come(std::move(to));
    const auto id = parse_session_id(its.lock()->fresh()[0].substr(8));
    REQUIRE(id);
    h.node.shard_at(0).disconnect(*id, "moderated");
    h.node.pass(200ms);
    CHECK(its.lock()->fresh() == texts{"closed moderated"});
    h.actors.clear();
  }
  h.node.pass(200ms);
  CHECK(its.expired());
}
