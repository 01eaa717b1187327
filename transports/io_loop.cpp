#include <utility>

#include "transports/io_loop.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <optional>
#include <thread>

namespace troupe::transports {

namespace {

using clock = std::chrono::steady_clock;
constexpr auto turn_time = std::chrono::milliseconds{1};
constexpr unsigned handlers_between_looks_at_the_clock = 4;

} // namespace

struct io_loop::state {
  boost::asio::io_context context{1};
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> open{context.get_executor()};
  std::function<bool()> at_end;
  std::thread thread;
  std::atomic<std::thread::id> id{};
  bool ending = false; // of the I/O thread

  /// Runs what is ready, for about `turn_time`.
  void run_ready() {
    const auto until = clock::now() + turn_time;
    for (unsigned n = 1; context.poll_one() != 0; ++n)
      if (n % handlers_between_looks_at_the_clock == 0 && clock::now() >= until)
        return;
  }

  void run() {
    id.store(std::this_thread::get_id(), std::memory_order_release);
    bool more = false;
    while (!ending) {
      if (!more)
        context.run_one();
      run_ready();
      more = at_end && at_end();
    }
    id.store({}, std::memory_order_release);
  }
};

io_loop::io_loop() : state_(std::make_unique<state>()) {}

io_loop::~io_loop() {
  stop_and_join();
}

boost::asio::io_context& io_loop::context() noexcept {
  return state_->context;
}

void io_loop::post(std::function<void()> work) {
  boost::asio::post(state_->context, std::move(work));
}

void io_loop::start(std::function<bool()> at_end) {
  if (state_->thread.joinable())
    return;
  state_->at_end = std::move(at_end);
  state_->ending = false;
  state_->thread = std::thread([s = state_.get()] { s->run(); });
}

void io_loop::stop_and_join() {
  if (!state_->thread.joinable())
    return;
  post([s = state_.get()] { s->ending = true; });
  state_->thread.join();
  state_->at_end = nullptr;
}

bool io_loop::running() const noexcept {
  return state_->thread.joinable();
}

bool io_loop::on_this_thread() const noexcept {
  return state_->id.load(std::memory_order_acquire) == std::this_thread::get_id();
}

} // namespace troupe::transports
