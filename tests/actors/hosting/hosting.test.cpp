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
#include <thread>

using namespace troupe::actors;

namespace {

// -- loops --------------------------------------------------------------------

/// A loop without a thread: the test runs what was posted.
struct manual_loop {
  std::deque<shard_host::task> tasks;
  shard_host::post_function post() {
    return [this](shard_host::task t) { tasks.push_back(std::move(t)); };
  }
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
  thread_loop() : thread_([this] { run(); }) {}
  ~thread_loop() { stop(); }
  shard_host::post_function post() {
    return [this](shard_host::task t) {
      std::lock_guard guard{mutex_};
      tasks_.push_back(std::move(t));
      wakeup_.notify_one();
    };
  }
  std::thread::id id() const { return id_; }
  void stop() {
    if (!thread_.joinable())
      return;
    id_ = thread_.get_id();
    {
      std::lock_guard guard{mutex_};
      stopped_ = true;
      wakeup_.notify_one();
    }
    thread_.join();
  }
  std::thread::id thread_id() const { return thread_.get_id(); }

 private:
  void run() {
    std::unique_lock guard{mutex_};
    while (!stopped_) {
      wakeup_.wait(guard, [this] { return stopped_ || !tasks_.empty(); });
      auto batch = std::move(tasks_);
      tasks_.clear();
      guard.unlock();
      for (auto& t : batch)
        t();
      guard.lock();
    }
  }
  std::mutex mutex_;
  std::condition_variable wakeup_;
  std::deque<shard_host::task> tasks_;
  bool stopped_ = false;
  std::thread::id id_;
  std::thread thread_;
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
  ~counter() override = default;
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


} // namespace

TEST_CASE("a hosted actor runs in turns of the loop and not on a worker") {
  manual_loop loop;
  witness seen;
  shard_host host{loop.post()};
  testing_config cfg;
  caf::actor_system sys{cfg};
  host.attach(sys);
  auto a = sys.spawn<counter>(host, seen);
  CHECK(coordinator(sys).run() == 0);
  CHECK(seen.handled == 0);
  caf::anon_send(a, 1);
  CHECK(loop.tasks.size() == 1); // one turn per batch
  CHECK(loop.run() == 1);
  CHECK(seen.handled == 2); // make_behavior, int
  caf::anon_send_exit(a, caf::exit_reason::user_shutdown);
  loop.run();
  CHECK(seen.exits == 1);
}
