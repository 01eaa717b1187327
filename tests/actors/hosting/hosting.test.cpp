#include "actors/hosting/hosted.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <catch2/catch.hpp>

#include <condition_variable>
#include <future>
#include <thread>

using namespace troupe::actors;

namespace {

// -- loops --------------------------------------------------------------------

/// A loop without a thread: the test runs what was posted.
struct manual_loop {
  std::deque<shard_host::task> tasks;
  shard_host::post_function post() { return [this](shard_host::task t) { tasks.push_back(std::move(t)); }; }
  bool run_one() {
    if (tasks.empty())
      return false;
    auto t = std::move(tasks.front());
    tasks.pop_front();
    t();
    return true;
  }
  std::size_t run() {
    std::size_t n = 0;
    while (run_one())
      ++n;
    return n;
  }
};

/// A loop with a thread.
class thread_loop {
 public:
  ~thread_loop() { stop(); }
  shard_host::post_function post() {
    return [this](shard_host::task t) {
      std::lock_guard guard{mutex_};
      tasks_.push_back(std::move(t));
      wakeup_.notify_one();
    };
  }
  void stop() {
    if (!thread_.joinable())
      return;
    {
      std::lock_guard guard{mutex_};
      stopped_ = true;
      wakeup_.notify_one();
    }
    thread_.join();
  }

 private:
  void run() {
    std::unique_lock guard{mutex_};
    while (!stopped_) {
      wakeup_.wait(guard, [this] { return stopped_ || !tasks_.empty(); });
      const auto batch = std::exchange(tasks_, {});
      guard.unlock();
      for (const auto& t : batch)
        t();
      guard.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable wakeup_;
  std::vector<shard_host::task> tasks_;
  bool stopped_ = false;
  std::thread thread_{[this] { run(); }};
};

// -- actors -------------------------------------------------------------------

struct witness {
  std::atomic<int> handled{0};
  std::atomic<int> elsewhere{0};
  std::atomic<int> exits{0};
};

class counter : public hosted<caf::event_based_actor> {
 public:
  counter(caf::actor_config& cfg, shard_host& host, witness& seen) : hosted(cfg, host), seen_(seen) {
    set_default_handler(caf::drop);
    set_exception_handler([](std::exception_ptr&) -> caf::error { return caf::exit_reason::kill; });
  }
  caf::behavior make_behavior() override {
    check();
    return {[this](int x) {
              check();
              if (x < 0)
                throw std::runtime_error("told to");
              return x + 1;
            },
            [this](const caf::actor& other, int x) {
              check();
              request(other, caf::infinite, x).then([this](int) { check(); }, [this](caf::error&) { check(); });
            }};
  }
  void on_exit() override {
    check();
    ++seen_.exits;
    hosted::on_exit();
  }

 private:
  void check() {
    ++seen_.handled;
    if (!host().runs_here())
      ++seen_.elsewhere;
  }
  witness& seen_;
};

using doubling = caf::typed_actor<caf::replies_to<int>::with<int>>;

class doubler : public hosted<doubling::base> {
 public:
  using hosted::hosted;
  doubling::behavior_type make_behavior() override {
    return {[](int x) { return 2 * x; }};
  }
};

struct testing_config : caf::actor_system_config {
  testing_config() { set("scheduler.policy", caf::atom("testing")); }
};

caf::scheduler::test_coordinator& coordinator(caf::actor_system& sys) {
  return dynamic_cast<caf::scheduler::test_coordinator&>(sys.scheduler());
}


/// A host on a manual loop under the test coordinator.
struct manual_fixture {
  explicit manual_fixture(turn_limits limits = {}) : host(loop.post(), limits), sys(cfg) { host.attach(sys); }
  ~manual_fixture() {
    settle();
    host.close();
  }
  void settle() {
    while (loop.run() + coordinator(sys).run() > 0)
      ;
  }
  void end(const caf::actor& a) {
    caf::anon_send_exit(a, caf::exit_reason::user_shutdown);
    settle();
  }
  manual_loop loop;
  witness seen;
  shard_host host;
  testing_config cfg;
  caf::actor_system sys;
};

} // namespace

// -- turns --------------------------------------------------------------------

TEST_CASE_METHOD(manual_fixture, "a hosted actor runs in turns of the loop and not on a worker") {
  auto a = sys.spawn<counter>(host, seen);
  CHECK(coordinator(sys).run() == 0);
  CHECK(seen.handled == 0);
  caf::anon_send(a, 1);
  CHECK(loop.tasks.size() == 1); // one turn per batch
  CHECK(loop.run() == 1);
  CHECK(seen.handled == 2); // make_behavior, int
  end(a);
  CHECK(seen.exits == 1);
}

TEST_CASE_METHOD(manual_fixture, "what a hosted actor wakes runs on a worker, unless it is hosted too") {
  auto a = sys.spawn<counter>(host, seen);
  auto b = sys.spawn<counter>(host, seen);
  std::vector<int> got;
  auto channel = sys.spawn([&got](caf::event_based_actor*) -> caf::behavior {
    return {[&got](int x) {
      got.push_back(x);
      return x;
    }};
  });
  settle();
  caf::anon_send(a, channel, 5);
  caf::anon_send(a, b, 6);
  loop.run();
  CHECK(got.empty());
  CHECK(coordinator(sys).has_job());
  seen.handled = 0;
  settle();
  CHECK(got == std::vector{5});
  CHECK(seen.handled == 1); // the channel's answer; b and its answer ran in the turn
  end(a);
  end(b);
  caf::anon_send_exit(channel, caf::exit_reason::user_shutdown);
}

TEST_CASE("a turn gives the thread back after its share and comes again for the rest") {
  manual_fixture h{turn_limits{4, 64, std::chrono::hours{1}}};
  std::vector<caf::actor> actors;
  for (int i = 0; i < 10; ++i)
    actors.push_back(h.sys.spawn<counter>(h.host, h.seen));
  CHECK(h.loop.tasks.size() == 1);
  for (int expected : {4, 8, 10}) {
    CHECK(h.loop.run_one());
    CHECK(h.seen.handled == expected);
  }
  CHECK_FALSE(h.loop.run_one());
  for (auto& a : actors)
    h.end(a);
}

TEST_CASE("an actor with a long mailbox lets others run in between") {
  manual_fixture h{turn_limits{2, 10, std::chrono::hours{1}}};
  auto busy = h.sys.spawn<counter>(h.host, h.seen);
  h.settle();
  for (int i = 0; i < 100; ++i)
    caf::anon_send(busy, i);
  auto other = h.sys.spawn<counter>(h.host, h.seen);
  h.seen.handled = 0;
  h.loop.run_one();
  CHECK(h.seen.handled == 11); // ten messages of the one, make_behavior of the other
  h.end(busy);
  h.end(other);
}

TEST_CASE("a turn that has taken its time ends after the actor that took it") {
  manual_fixture h{turn_limits{100, 64, std::chrono::microseconds{0}}};
  auto a = h.sys.spawn<counter>(h.host, h.seen);
  auto b = h.sys.spawn<counter>(h.host, h.seen);
  h.loop.run_one();
  CHECK(h.seen.handled == 1);
  h.end(a);
  h.end(b);
}

// -- closing ------------------------------------------------------------------

TEST_CASE_METHOD(manual_fixture, "a closed host hands its jobs, queued and new, to the coordinator") {
  auto a = sys.spawn<counter>(host, seen); // queued
  host.close();
  host.close();
  auto b = sys.spawn<counter>(host, seen);
  CHECK(coordinator(sys).run() == 2);
  CHECK(seen.handled == 2);
  caf::anon_send(a, 1);
  CHECK(coordinator(sys).run() == 1);
  CHECK(loop.run_one()); // the turn posted before the end
  CHECK_FALSE(loop.run_one());
  end(a);
  end(b);
  CHECK(seen.exits == 2);
}

// -- lives --------------------------------------------------------------------

TEST_CASE_METHOD(manual_fixture, "dropping the last handle does not end a hosted actor") {
  auto address = sys.spawn<counter>(host, seen)->address();
  settle();
  CHECK(seen.exits == 0);
  caf::anon_send_exit(address, caf::exit_reason::user_shutdown);
  settle();
  CHECK(seen.exits == 1);
}

TEST_CASE_METHOD(manual_fixture, "a handler that throws ends its actor and frees it") {
  auto a = sys.spawn<counter>(host, seen);
  caf::anon_send(a, -1);
  settle();
  CHECK(seen.exits == 1);
  auto control = caf::actor_cast<caf::strong_actor_ptr>(a);
  a = nullptr;
  CHECK(control->strong_refs == 1);
}

TEST_CASE_METHOD(manual_fixture, "typed actors are hosted too") {
  auto d = sys.spawn<doubler>(host);
  int got = 0;
  sys.spawn([&got, d](caf::event_based_actor* self) {
    self->request(d, caf::infinite, 21).then([&got](int x) { got = x; });
  });
  settle();
  CHECK(got == 42);
  caf::anon_send_exit(d, caf::exit_reason::user_shutdown);
}

// -- threads ------------------------------------------------------------------

TEST_CASE("no handler of a hosted actor ever runs on another thread") {
  thread_loop loop;
  witness seen;
  shard_host host{loop.post()};
  caf::actor_system_config cfg;
  cfg.set("scheduler.max-threads", 2);
  caf::actor_system sys{cfg};
  host.attach(sys);
  constexpr int actors = 50;
  constexpr int rounds = 100;
  std::vector<caf::actor> hosted_ones;
  for (int i = 0; i < actors; ++i)
    hosted_ones.push_back(sys.spawn<counter>(host, seen));
  std::vector<std::thread> senders;
  for (int s = 0; s < 3; ++s)
    senders.emplace_back([&] {
      for (int i = 0; i < rounds; ++i)
        for (auto& a : hosted_ones)
          caf::anon_send(a, hosted_ones[static_cast<std::size_t>(i % actors)], i);
    });
  for (auto& s : senders)
    s.join();
  {
    caf::scoped_actor self{sys};
    for (auto& a : hosted_ones)
      self->request(a, caf::infinite, 1).receive([](int x) { CHECK(x == 2); }, [](caf::error&) { FAIL("no answer"); });
    for (auto& a : hosted_ones)
      self->monitor(a);
    for (auto& a : hosted_ones)
      caf::anon_send_exit(a, caf::exit_reason::user_shutdown);
    int downs = 0;
    self->receive_for(downs, actors)([](caf::down_msg&) {});
  }
  loop.stop();
  host.close();
  CHECK(seen.exits == actors);
  CHECK(seen.elsewhere == 0);
  CHECK(seen.handled >= actors * (2 + 3 * rounds));
}

TEST_CASE("actors whose loop has died end on the workers once the host is closed") {
  thread_loop loop;
  witness seen;
  shard_host host{loop.post()};
  caf::actor_system_config cfg;
  caf::actor_system sys{cfg};
  host.attach(sys);
  auto a = sys.spawn<counter>(host, seen);
  loop.stop();
  caf::anon_send(a, 1);
  host.close();
  {
    caf::scoped_actor self{sys};
    self->monitor(a);
    caf::anon_send_exit(a, caf::exit_reason::user_shutdown);
    self->receive([](caf::down_msg& down) { CHECK(down.reason == caf::exit_reason::user_shutdown); });
  }
  CHECK(seen.exits == 1);
}

TEST_CASE("an actor on the loop's thread may spawn hosted actors, and the system ends") {
  thread_loop loop;
  witness seen;
  shard_host host{loop.post()};
  caf::actor_system_config cfg;
  caf::actor_system sys{cfg};
  host.attach(sys);
  std::promise<caf::actor> made;
  loop.post()([&] {
    host.bind_thread();
    made.set_value(sys.spawn<counter>(host, seen));
  });
  auto a = made.get_future().get();
  {
    caf::scoped_actor self{sys};
    self->request(a, caf::infinite, 1).receive([](int x) { CHECK(x == 2); }, [](caf::error&) { FAIL("no answer"); });
    self->monitor(a);
    caf::anon_send_exit(a, caf::exit_reason::user_shutdown);
    self->receive([](caf::down_msg&) {});
  }
  loop.stop();
  host.close();
  CHECK(seen.elsewhere == 0);
}
