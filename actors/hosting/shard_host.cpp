#include "actors/hosting/shard_host.hpp"

#include <caf/actor_system.hpp>
#include <caf/logger.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <cassert>
#include <utility>

namespace troupe::actors {

void shard_host::run_unit::exec_later(caf::resumable* job) { system_->scheduler().enqueue(job); }

// -- constructors and ending --------------------------------------------------

shard_host::shard_host(post_function post, turn_limits limits) : post_(std::move(post)), limits_(limits) {}

shard_host::~shard_host() { assert(ready_.empty() && incoming_.empty()); }

void shard_host::attach(caf::actor_system& system) {
  wake_.set(system);
  run_.set(system);
}

void shard_host::close() {
  std::deque<caf::resumable*> rest;
  {
    std::lock_guard guard{mutex_};
    closed_ = true;
    rest.swap(ready_);
    rest.insert(rest.end(), incoming_.begin(), incoming_.end());
    incoming_.clear();
  }
  for (auto* job : rest)
    run_.exec_later(job);
}

// -- for the loop -------------------------------------------------------------

void shard_host::bind_thread() {
  thread_ = std::this_thread::get_id();
  // A thread of ours that spawns would otherwise keep a logger alive, for which the actor system waits at its end.
  caf::logger::set_current_actor_system(nullptr);
}

bool shard_host::runs_here() const noexcept {
  const auto bound = thread_.load();
  return closed_ || bound == std::thread::id{} || bound == std::this_thread::get_id();
}

// -- jobs ---------------------------------------------------------------------

void shard_host::push(caf::resumable* job) {
  {
    std::unique_lock guard{mutex_};
    if (closed_) {
      guard.unlock();
      run_.exec_later(job);
      return;
    }
    incoming_.push_back(job);
    if (std::exchange(turn_due_, true))
      return;
  }
  post_turn();
}

void shard_host::post_turn() {
  post_([this] { turn(); });
}

// -- turns --------------------------------------------------------------------

void shard_host::turn() {
  if (closed_)
    return;
  if (thread_.load() == std::thread::id{})
    bind_thread();
  assert(runs_here());
  run_ready();
  finish_turn();
}

void shard_host::run_ready() {
  const auto deadline = std::chrono::steady_clock::now() + limits_.time_max;
  for (std::size_t jobs = 0; jobs < limits_.jobs_max; ++jobs) {
    if (ready_.empty() && !take_incoming())
      return;
    auto* job = ready_.front();
    ready_.pop_front();
    run(job);
    if (std::chrono::steady_clock::now() >= deadline)
      return;
  }
}

void shard_host::run(caf::resumable* job) {
  switch (job->resume(&run_, limits_.messages_max)) {
  case caf::resumable::resume_later:
    ready_.push_back(job);
    break;
  case caf::resumable::awaiting_message:
  case caf::resumable::done:
  case caf::resumable::shutdown_execution_unit:
    caf::intrusive_ptr_release(job);
    break;
  }
}

bool shard_host::take_incoming() {
  std::lock_guard guard{mutex_};
  ready_.insert(ready_.end(), incoming_.begin(), incoming_.end());
  incoming_.clear();
  return !ready_.empty();
}

void shard_host::finish_turn() {
  {
    std::lock_guard guard{mutex_};
    turn_due_ = !closed_ && (!ready_.empty() || !incoming_.empty());
    if (!turn_due_)
      return;
  }
  post_turn();
}

} // namespace troupe::actors
