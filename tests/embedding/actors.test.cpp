// The application's own actors and threads beside a node: in its actor system or theirs, under its tree, in its channels.

#include "tests/embedding/embedded.hpp"

#include <troupe/actor_client.hpp>
#include <troupe/outlet.hpp>
#include <troupe/supervisor.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>

#include <atomic>
#include <stdexcept>

namespace troupe::embedding_test {

namespace {

/// Fails as soon as it runs.
class hopeless : public caf::event_based_actor {
 public:
  hopeless(caf::actor_config& cfg, std::atomic<int>& tries) : caf::event_based_actor(cfg) { ++tries; }
  caf::behavior make_behavior() override {
    quit(caf::sec::runtime_error);
    return {};
  }
};

/// What a reader has seen.
struct seen {
  std::atomic<bool> joined{false};
  std::atomic<int> heard{0};
};

/// Counts what it hears of `news`.
class reader : public caf::event_based_actor {
 public:
  reader(caf::actor_config& cfg, troupe::node& home, seen& by) : caf::event_based_actor(cfg), home_(home), by_(by) {
    set_default_handler(caf::drop);
  }
  caf::behavior make_behavior() override {
    me_ = home_.client(this);
    me_.join("news");
    return {[this](const heard_joined&) { by_.joined = true; }, [this](const heard&) { ++by_.heard; }};
  }

 private:
  troupe::node& home_;
  seen& by_;
  actor_client me_;
};

} // namespace

TEST_CASE("a node lives in the application's actor system, and leaves it as it was") {
  caf::actor_system_config config;
  config.set("scheduler.max-threads", 2);
  caf::actor_system system{config};
  {
    node n{quiet()};
    n.open_channel("news").use(system);
    n.start();
    CHECK(&n.system() == &system);
    CHECK(ask(n, "/poll?channel=news").status == 200);
    CHECK(n.stop(10s));
    n.start();
    CHECK(ask(n, "/healthz").status == 200);
  }
  CHECK(system.registry().running() == 0);
}

TEST_CASE("the node's actor system is there while it runs") {
  node n{quiet()};
  CHECK_THROWS_AS(n.system(), std::logic_error);
  n.start();
  CHECK(n.system().registry().running() > 0);
  REQUIRE(n.stop(10s));
  CHECK_THROWS_AS(n.system(), std::logic_error);
}

TEST_CASE("an actor of the application's that fails again and again is given up alone") {
  std::atomic<int> tries = 0;
  kept_log log; // outlives the node
  node n{quiet().set("channels.restart_intensity", 2)};
  n.log_to(log.sink());
  n.supervise(child("hopeless", [&](caf::local_actor& parent) { return parent.spawn<hopeless>(std::ref(tries)); }));
  CHECK_THROWS_AS(n.supervise(child("hopeless", [](caf::local_actor&) { return caf::actor{}; })), std::runtime_error);
  n.start();
  CHECK(eventually([&] { return ask(n, "/api/tree").body.find("\"state\":\"failed\"") != std::string::npos; }));
  CHECK(tries == 3);
  CHECK(n.phase() == node_phase::running);
  CHECK(ask(n, "/healthz").status == 200);
  CHECK(n.stop(10s));
}

TEST_CASE("one that cannot be started is said by an exception, and its name is free") {
  node n{quiet()};
  n.start();
  CHECK_THROWS_AS(n.supervise(child("broken", [](caf::local_actor&) -> caf::actor { throw std::runtime_error("no"); })),
                  std::runtime_error);
  seen by;
  n.supervise(child("broken", [&](caf::local_actor& parent) { return parent.spawn<reader>(std::ref(n), std::ref(by)); }));
  CHECK(n.stop(10s));
}

TEST_CASE("threads that publish at once are all heard, each in its order, and a node that stops answers every one") {
  std::atomic<int> answered = 0, taken = 0;
  seen by;
  node n{quiet().set("threads.shards", 2).set("limits.log_entries", 10'000).set("limits.log_bytes", "16MiB")};
  n.open_channel("news");
  n.start();
  n.supervise(child("reader", [&](caf::local_actor& parent) { return parent.spawn<reader>(std::ref(n), std::ref(by)); }));
  REQUIRE(eventually([&] { return by.joined.load(); }));
  constexpr int threads = 4, each = 500;
  const auto burst = [&] {
    std::vector<std::thread> all;
    for (int t = 0; t < threads; ++t)
      all.emplace_back([&, out = n.outlet()] {
        for (int i = 0; i < each; ++i)
          if (out.publish("news", "n", i, [&](const outlet_answer&) { ++answered; }) == handed::over)
            ++taken;
      });
    return all;
  };
  for (auto& t : burst())
    t.join();
  CHECK(eventually([&] { return by.heard == threads * each; }));
  CHECK(eventually([&] { return answered == threads * each; })); // who hears it need not hear it last
  auto late = burst();
  CHECK(n.stop(20s));
  for (auto& t : late)
    t.join();
  CHECK(answered == taken);
}

} // namespace troupe::embedding_test
