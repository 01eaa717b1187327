// A node within a program: it starts, serves, stops, as often as it is asked and from whatever thread.

#include "tests/embedding/embedded.hpp"

#include <troupe/outlet.hpp>
#include <troupe/supervisor.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <future>
#include <iostream>
#include <map>
#include <stdexcept>
#include <utility>

#include <sys/resource.h>
#include <unistd.h>

namespace troupe::embedding_test {

TEST_CASE("a node within a program listens when start returns, and is gone when stop does") {
  kept_log log; // outlives the node
  node n{quiet()};
  n.open_channel("news").log_to(log.sink());
  CHECK(n.phase() == node_phase::idle);
  CHECK(n.port() == 0);
  CHECK(n.address().empty());
  n.start();
  CHECK(n.phase() == node_phase::running);
  const auto port = n.port();
  CHECK(n.address() == "http://127.0.0.1:" + std::to_string(port));
  CHECK(ask(n, "/healthz").status == 200);
  CHECK(n.stop(10s));
  CHECK(n.phase() == node_phase::idle);
  CHECK_THROWS(transports::test::client{port});
  CHECK(log.says("info stopped"));
}

TEST_CASE("a node that is started twice is started once, and stopped twice is stopped once") {
  node n{quiet()};
  CHECK(n.stop());
  n.start();
  const auto port = n.port();
  n.start();
  CHECK(n.port() == port);
  CHECK(n.stop(10s));
  CHECK(n.stop(10s));
}

TEST_CASE("a node that was stopped starts again") {
  node n{quiet()};
  for (int round = 0; round < 3; ++round) {
    n.start();
    CHECK(ask(n, "/healthz").status == 200);
    CHECK(n.stop(10s));
  }
}

TEST_CASE("many threads that start and stop a node at once leave it stopped, whole") {
  node n{quiet()};
  std::vector<std::thread> all;
  std::atomic<int> late = 0;
  for (int i = 0; i < 4; ++i)
    all.emplace_back([&, i] {
      for (int round = 0; round < 3; ++round) {
        n.start();
        if (i % 2 == 0)
          n.request_stop();
        else
          late += n.stop(20s) ? 0 : 1;
      }
    });
  for (auto& t : all)
    t.join();
  CHECK(late == 0);
  CHECK(n.stop(20s));
  n.start();
  CHECK(ask(n, "/healthz").status == 200);
}

TEST_CASE("a node that is destroyed while it runs is stopped first") {
  std::uint16_t port = 0;
  {
    node n{quiet()};
    n.start();
    port = n.port();
  }
  CHECK_THROWS(transports::test::client{port});
}

TEST_CASE("several nodes live in one process, each with its own channels and settings") {
  kept_log first_log, second_log;
  node first{quiet().set("node.name", "first")}, second{quiet().set("node.name", "second")};
  first.open_channel("news").log_to(first_log.sink());
  second.open_channel("other").log_to(second_log.sink());
  first.start();
  second.start();
  CHECK(first.port() != second.port());
  CHECK(ask(first, "/poll?channel=news").status == 200);
  CHECK(ask(second, "/poll?channel=news").status != 200);
  CHECK(first.stop(10s));
  CHECK(ask(second, "/healthz").status == 200);
  CHECK(second.stop(10s));
  CHECK(first_log.says("node first serves"));
  CHECK_FALSE(first_log.says("node second"));
}

TEST_CASE("a port that is taken is said by an exception, and the node can be started elsewhere or later") {
  node first{quiet()};
  first.start();
  kept_log log; // outlives the node
  node second{quiet().set("listen.port", first.port())};
  second.log_to(log.sink());
  try {
    second.start();
    FAIL("it started");
  } catch (const node_error& why) {
    CHECK(why.status() == 69);
    CHECK(std::string{why.what()}.find(std::to_string(first.port())) != std::string::npos);
  }
  CHECK(second.phase() == node_phase::idle);
  CHECK(log.says("error "));
  REQUIRE(first.stop(10s));
  second.start();
  CHECK(ask(second, "/healthz").status == 200);
}

TEST_CASE("what a node serves is added before it starts") {
  node n{quiet()};
  n.start();
  CHECK_THROWS_AS(n.open_channel("late"), std::logic_error);
  CHECK_THROWS_AS(n.pages("."), std::logic_error);
  REQUIRE(n.stop(10s));
  n.open_channel("late");
}

// -- a handler that does not return -------------------------------------------

namespace {

/// `stick` does not return before it is let go.
struct sticky : channel {
  static inline std::promise<void>* sticks = nullptr;
  static inline std::shared_future<void>* until = nullptr;
  void setup() override {
    every(1ms, [] {
      if (auto* here = std::exchange(sticks, nullptr)) {
        here->set_value();
        until->wait();
      }
    });
  }
};

/// Stops the node it lives in.
struct suicidal : channel {
  static inline node* home = nullptr;
  static inline std::promise<bool>* threw = nullptr;
  void setup() override {
    every(1ms, [] {
      auto* told = std::exchange(threw, nullptr);
      if (!told)
        return;
      try {
        home->stop(10s);
        told->set_value(false);
      } catch (const std::logic_error&) {
        home->request_stop();
        told->set_value(true);
      }
    });
  }
};

} // namespace

TEST_CASE("a handler that does not return is named when the deadline is over, and stop returns") {
  std::promise<void> sticks, let_go;
  auto until = let_go.get_future().share();
  sticky::sticks = &sticks;
  sticky::until = &until;
  kept_log log; // outlives the node
  node n{quiet()};
  n.channel<sticky>("stuck").log_to(log.sink());
  n.start();
  REQUIRE(ask(n, "/poll?channel=stuck").status == 200);
  sticks.get_future().wait();
  const auto late = n.stop(300ms);
  CHECK_FALSE(late);
  REQUIRE(late.left.size() == 1);
  CHECK(late.left[0].find("stuck") != std::string::npos);
  CHECK(log.says("stopping took longer than 300 ms: stuck at: "));
  CHECK(log.says("still there: " + late.left[0]));
  CHECK(n.phase() == node_phase::stopping);
  let_go.set_value();
  CHECK(n.stop(20s));
  CHECK(n.phase() == node_phase::idle);
}

TEST_CASE("a handler cannot wait for its own node, but may ask it to stop") {
  std::promise<bool> threw;
  auto told = threw.get_future();
  caf::actor_system_config config;
  caf::actor_system system{config};
  node n{quiet()};
  if (GENERATE(false, true)) // where no worker is the node's own
    n.use(system);
  suicidal::home = &n;
  suicidal::threw = &threw;
  n.channel<suicidal>("last");
  n.start();
  REQUIRE(ask(n, "/poll?channel=last").status == 200);
  CHECK(told.get());
  CHECK(eventually([&] { return n.phase() == node_phase::idle; }));
}

namespace {

/// `later` is never answered.
struct silent : channel {
  void setup() override {
    on<payload>("later", [this](const member&, const payload&) { return later(kept_.emplace_back(promise_answer())); });
  }
  std::vector<promise> kept_;
};

} // namespace

TEST_CASE("what is answered at the very end of a node can neither wait for it nor add to it") {
  std::atomic<int> told = 0, refused = 0;
  node n{quiet().set("limits.commands_per_connection", 1).set("limits.channel_commands", 1)};
  n.channel<silent>("silent");
  n.start();
  const auto out = n.outlet();
  for (int i = 0; i < 3; ++i) // of which the channel takes one
    out.call("silent", "later", payload{}, [&](const outlet_answer&) {
      ++told;
      try {
        n.stop(1s);
      } catch (const std::logic_error&) {
        ++refused;
      }
    });
  REQUIRE(eventually([&] { return out.waiting() == 2; }));
  CHECK(n.stop(10s));
  CHECK(told == 3);
  CHECK(refused == 3);
}

TEST_CASE("an actor that is added while the node ends is refused") {
  std::promise<void> ends, tried;
  node n{quiet().set("limits.commands_per_connection", 1).set("limits.channel_commands", 1)};
  n.channel<silent>("silent");
  n.start();
  const auto out = n.outlet();
  for (int i = 0; i < 2; ++i)
    out.call("silent", "later", payload{}, {});
  out.call("silent", "later", payload{}, [&](const outlet_answer&) { ends.set_value(), tried.get_future().wait(); });
  REQUIRE(eventually([&] { return out.waiting() == 2; }));
  n.request_stop();
  ends.get_future().wait();
  CHECK_THROWS_AS(n.supervise(child("late", [](caf::local_actor&) { return caf::actor{}; })), std::runtime_error);
  tried.set_value();
  CHECK(n.stop(10s));
}

// -- what is the process's ----------------------------------------------------

namespace {

void (*handler_of(int signal))(int) {
  struct sigaction now {};
  ::sigaction(signal, nullptr, &now);
  return now.sa_handler;
}

} // namespace

TEST_CASE("a node within a program leaves signals, the open-file limit and stdout to it") {
  std::map<int, void (*)(int)> handlers;
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGPIPE})
    handlers[signal] = handler_of(signal);
  rlimit before{}, lowered{}, after{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  lowered = before;
  lowered.rlim_cur = 256;
  ::setrlimit(RLIMIT_NOFILE, &lowered);
  {
    kept_log log; // outlives the node
    node n{quiet()};
    n.log_to(log.sink());
    n.start();
    for (const auto& [signal, handler] : handlers)
      CHECK(handler_of(signal) == handler);
    sigset_t blocked;
    ::pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
    CHECK(sigismember(&blocked, SIGTERM) == 0);
    ::getrlimit(RLIMIT_NOFILE, &after);
    CHECK(after.rlim_cur == 256);
    CHECK(log.says("serves with 1 shard"));
  }
  ::setrlimit(RLIMIT_NOFILE, &before);
}

namespace {

/// What this process writes on stdout while it lives.
class caught_stdout {
 public:
  caught_stdout() : before_(::dup(STDOUT_FILENO)), into_(std::tmpfile()) {
    std::fflush(stdout);
    ::dup2(::fileno(into_), STDOUT_FILENO);
  }
  ~caught_stdout() {
    put_back();
    std::fclose(into_);
  }
  caught_stdout(const caught_stdout&) = delete;
  caught_stdout& operator=(const caught_stdout&) = delete;

  [[nodiscard]] std::string text() {
    put_back();
    std::string all(4096, '\0');
    std::rewind(into_);
    all.resize(std::fread(all.data(), 1, all.size(), into_));
    return all;
  }

 private:
  void put_back() {
    if (before_ < 0)
      return;
    std::cout.flush();
    std::fflush(stdout);
    ::dup2(before_, STDOUT_FILENO);
    ::close(std::exchange(before_, -1));
  }
  int before_;
  std::FILE* into_;
};

} // namespace

TEST_CASE("an actor that throws says nothing on the program's stdout") {
  kept_log log; // outlives the node
  caught_stdout out;
  {
    node n{quiet()};
    n.log_to(log.sink());
    std::atomic<int> started = 0;
    n.supervise(child("faints", [&started](caf::local_actor& parent) {
      return parent.spawn([&started](caf::event_based_actor* self) -> caf::behavior {
        if (++started == 1)
          self->send(self, 1);
        return {[](int) { throw std::runtime_error("the scribe faints"); }};
      });
    }));
    n.start();
    CHECK(eventually([&] { return started >= 2; }));
    CHECK(n.stop(10s));
  }
  CHECK(out.text() == "");
  CHECK(log.says("faints"));
}

TEST_CASE("run ends by another thread's stop, and puts signals back") {
  kept_log log; // outlives the node
  node n{quiet()};
  n.log_to(log.sink());
  auto* const before = handler_of(SIGTERM);
  auto status = std::async(std::launch::async, [&] { return n.run(); });
  REQUIRE(eventually([&] { return n.phase() == node_phase::running; }));
  CHECK(handler_of(SIGTERM) != before);
  CHECK(n.stop(10s));
  CHECK(status.get() == 0);
  CHECK(handler_of(SIGTERM) == before);
}

TEST_CASE("one SIGTERM ends all nodes of a process that run") {
  kept_log log; // outlives the node
  node first{quiet()}, second{quiet()};
  first.log_to(log.sink());
  second.log_to(log.sink());
  auto one = std::async(std::launch::async, [&] { return first.run(); });
  auto other = std::async(std::launch::async, [&] { return second.run(); });
  REQUIRE(eventually([&] { return first.phase() == node_phase::running && second.phase() == node_phase::running; }));
  ::kill(::getpid(), SIGTERM);
  CHECK(one.get() == 0);
  CHECK(other.get() == 0);
}

} // namespace troupe::embedding_test
