#include "actors/node/node_life.hpp"

#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

namespace troupe::actors {

namespace {

constexpr auto last_words_max = std::chrono::milliseconds{500};

} // namespace

struct node_life::shared {
  mutable std::mutex mutex;
  std::condition_variable changed;
  phase now = phase::idle;
  bool stop_wanted = false; // while it starts
  std::shared_ptr<node_process> process;
  std::thread stopper; // while it stops, and until somebody has joined it

  void enter(phase next) {
    now = next;
    changed.notify_all();
  }

  /// Takes the thread that has stopped, to be joined without the lock.
  [[nodiscard]] std::thread take_stopper() { return now == phase::idle ? std::exchange(stopper, {}) : std::thread{}; }
};

node_life::node_life() : shared_(std::make_shared<shared>()) {}

node_life::~node_life() {
  std::thread over;
  {
    const std::lock_guard guard{shared_->mutex};
    over = std::exchange(shared_->stopper, {});
    if (shared_->now != phase::idle && over.joinable())
      over.detach();
  }
  if (over.joinable())
    over.join();
}

// -- starting -----------------------------------------------------------------

void node_life::start(const maker& make) {
  std::thread before;
  {
    std::unique_lock guard{shared_->mutex};
    shared_->changed.wait(guard, [this] { return shared_->now == phase::idle || shared_->now == phase::running; });
    if (shared_->now == phase::running)
      return;
    before = shared_->take_stopper();
    shared_->stop_wanted = false;
    shared_->enter(phase::starting);
  }
  if (before.joinable())
    before.join();
  std::shared_ptr<node_process> made;
  try {
    made = make();
    made->start();
  } catch (...) {
    made.reset(); // before whoever waits may start another one
    const std::lock_guard guard{shared_->mutex};
    shared_->enter(phase::idle);
    throw;
  }
  const std::lock_guard guard{shared_->mutex};
  shared_->process = std::move(made);
  shared_->enter(phase::running);
  if (shared_->stop_wanted)
    begin_to_stop(shared_->process->deadline());
}

// -- stopping -----------------------------------------------------------------

/// Within the lock.
void node_life::begin_to_stop(std::chrono::milliseconds patience) {
  shared_->enter(phase::stopping);
  shared_->stopper = std::thread([all = shared_, process = shared_->process, patience]() mutable {
    process->stop(patience);
    {
      const std::lock_guard guard{all->mutex};
      all->process = nullptr;
    }
    process = nullptr;
    const std::lock_guard guard{all->mutex};
    all->enter(phase::idle);
  });
}

stop_result node_life::stop(std::optional<std::chrono::milliseconds> deadline) {
  std::unique_lock guard{shared_->mutex};
  const bool ends_it = shared_->stopper.get_id() == std::this_thread::get_id(); // within what it calls meanwhile
  if (ends_it || (shared_->process && shared_->process->runs_here()))
    throw std::logic_error("a node's own thread would wait for itself: request_stop");
  if (shared_->now == phase::starting) {
    shared_->stop_wanted = true;
    shared_->changed.wait(guard, [this] { return shared_->now != phase::starting; });
  }
  const auto process = shared_->process; // to be asked who is left
  if (shared_->now == phase::idle)
    return {};
  const auto most = deadline.value_or(process ? process->deadline() : std::chrono::milliseconds{0});
  if (shared_->now == phase::running)
    begin_to_stop(deadline ? most * 4 / 5 : most); // who was given a deadline wants it over by then
  const bool over = shared_->changed.wait_for(guard, most, [this] { return shared_->now == phase::idle; });
  if (over) {
    auto done = shared_->take_stopper();
    guard.unlock();
    if (done.joinable())
      done.join();
    return {};
  }
  guard.unlock();
  stop_result late{false, process ? process->stage() : "letting go of it", process ? process->survivors() : std::vector<std::string>{}};
  if (process) {
    const auto given = deadline ? std::to_string(most.count()) + " ms" : std::string{"drain.deadline"};
    process->log().error("stopping took longer than " + given + ": stuck at: " + late.stage);
    for (const auto& who : late.left)
      process->log().error("still there: " + who);
    process->log().flush(last_words_max);
  }
  return late;
}

void node_life::request_stop() {
  const std::lock_guard guard{shared_->mutex};
  if (shared_->now == phase::running)
    begin_to_stop(shared_->process->deadline());
  else if (shared_->now == phase::starting)
    shared_->stop_wanted = true;
}

// -- knowing ------------------------------------------------------------------

node_life::phase node_life::now() const {
  const std::lock_guard guard{shared_->mutex};
  return shared_->now;
}

std::shared_ptr<node_process> node_life::process() const {
  const std::lock_guard guard{shared_->mutex};
  return shared_->process;
}

} // namespace troupe::actors
