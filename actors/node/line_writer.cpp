#include "actors/node/line_writer.hpp"

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>
#include <poll.h>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace troupe::actors {

namespace {

using steady = std::chrono::steady_clock;

/// Between two looks at whether it is over.
constexpr int glance_ms = 100;
/// Before a descriptor that refused is asked again, only to tell of losses.
constexpr auto pause = std::chrono::milliseconds{1000};
/// PIPE_BUF: a pipe that is ready takes this much without waiting.
constexpr std::size_t piece_max = 4096;

} // namespace

/// What the writers and the thread share.
struct line_writer::state {
  /// A line; one that speaks of losses takes them back if it is lost itself.
  struct entry {
    std::string text;
    std::uint64_t tells_lost = 0;
  };

  state(int fd, std::size_t max, std::function<std::string(std::uint64_t)> words)
      : descriptor(fd), bytes_max(max), loss_line(std::move(words)) {}

  // -- within the lock --------------------------------------------------------

  void add(std::string line) {
    if (waiting_bytes + line.size() > bytes_max) {
      ++lost;
      ++untold;
      return;
    }
    if (untold != 0)
      add_loss_line();
    waiting_bytes += line.size();
    waiting.push_back({std::move(line)});
  }

  void add_loss_line() {
    const auto n = std::exchange(untold, 0);
    auto text = loss_line(n);
    waiting_bytes += text.size();
    waiting.push_back({std::move(text), n});
  }

  void dealt_with(const entry& e, bool written) {
    waiting_bytes -= e.text.size();
    if (written)
      return;
    refused_at = steady::now();
    untold += e.tells_lost;
    if (e.tells_lost == 0) {
      ++lost;
      ++untold;
    }
  }

  [[nodiscard]] bool idle() const { return waiting.empty() && waiting_bytes == 0 && untold == 0; }

  // -- the thread -------------------------------------------------------------

  void run() {
    sigset_t no_reader;
    sigemptyset(&no_reader);
    sigaddset(&no_reader, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &no_reader, nullptr); // here alone: what the program does about it is its own business
    entry next;
    while (take(next)) {
      const bool written = put(next.text);
      const std::lock_guard guard{mutex};
      dealt_with(next, written);
      changed.notify_all();
    }
    const std::lock_guard guard{mutex};
    finished = true;
    changed.notify_all();
  }

  /// False: it is over.
  bool take(entry& into) {
    std::unique_lock guard{mutex};
    while (waiting.empty()) {
      if (untold != 0 && steady::now() - refused_at >= pause)
        add_loss_line(); // nobody says anything more: it is said by itself
      else if (over)
        return false;
      else if (untold != 0)
        changed.wait_for(guard, pause);
      else
        changed.wait(guard);
    }
    if (gave_up())
      return false;
    into = std::move(waiting.front());
    waiting.pop_front();
    return true;
  }

  [[nodiscard]] bool gave_up() const { return over && steady::now() >= until; }

  /// False: the descriptor does not want it, or it is over.
  bool put(std::string_view text) {
    while (!text.empty()) {
      if (!wait_until_ready())
        return false;
      const auto n = ::write(descriptor, text.data(), std::min(text.size(), piece_max));
      if (n < 0 && errno != EINTR && errno != EAGAIN)
        return false;
      text.remove_prefix(n > 0 ? static_cast<std::size_t>(n) : 0);
    }
    return true;
  }

  bool wait_until_ready() {
    for (;;) {
      pollfd one{descriptor, POLLOUT, 0};
      if (::poll(&one, 1, glance_ms) > 0)
        return true; // ready, or broken: the write says so
      const std::lock_guard guard{mutex};
      if (gave_up())
        return false;
    }
  }

  const int descriptor;
  const std::size_t bytes_max;
  const std::function<std::string(std::uint64_t)> loss_line;

  std::mutex mutex;
  std::condition_variable changed;
  std::deque<entry> waiting;
  std::size_t waiting_bytes = 0; // that of the one being written included
  std::uint64_t lost = 0;
  std::uint64_t untold = 0; // of them
  steady::time_point refused_at{};
  steady::time_point until{}; // once it is over
  bool over = false, finished = false;
};

// -- constructors -------------------------------------------------------------

line_writer::line_writer(int descriptor, std::size_t bytes_max, std::function<std::string(std::uint64_t)> loss_line)
    : state_(std::make_shared<state>(descriptor, bytes_max, std::move(loss_line))),
      thread_([s = state_] { s->run(); }) {}

line_writer::~line_writer() {
  std::unique_lock guard{state_->mutex};
  state_->over = true;
  state_->until = steady::now() + last_words;
  state_->changed.notify_all();
  const bool in_time = state_->changed.wait_until(guard, state_->until + std::chrono::milliseconds{3 * glance_ms},
                                                  [this] { return state_->finished; });
  guard.unlock();
  in_time ? thread_.join() : thread_.detach();
}

// -- writing ------------------------------------------------------------------

void line_writer::write(std::string line) {
  const std::lock_guard guard{state_->mutex};
  state_->add(std::move(line));
  state_->changed.notify_all();
}

bool line_writer::flush(std::chrono::milliseconds most) const {
  std::unique_lock guard{state_->mutex};
  return state_->changed.wait_for(guard, most, [this] { return state_->idle(); });
}

std::uint64_t line_writer::lost() const {
  const std::lock_guard guard{state_->mutex};
  return state_->lost;
}

} // namespace troupe::actors
