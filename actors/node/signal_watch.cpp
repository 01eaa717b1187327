#include "actors/node/signal_watch.hpp"

#include <csignal>
#include <ctime>
#include <unistd.h>
#include <utility>

namespace troupe::actors {

namespace {

constexpr auto grace = std::chrono::seconds{1};
constexpr timespec glance{0, 100'000'000}; // between two looks at `over_`

sigset_t watched() {
  sigset_t set;
  sigemptyset(&set);
  for (const int s : {SIGTERM, SIGINT, SIGHUP})
    sigaddset(&set, s);
  return set;
}

} // namespace

signal_watch::signal_watch() {
  const auto set = watched();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  thread_ = std::thread([this] { listen(); });
}

signal_watch::~signal_watch() {
  {
    const std::lock_guard guard{mutex_};
    over_ = true;
  }
  thread_.join();
}

std::optional<signal_watch::event> signal_watch::wait_for(std::chrono::milliseconds time) {
  std::unique_lock guard{mutex_};
  changed_.wait_for(guard, time, [this] { return stop_ || reload_; });
  if (std::exchange(stop_, false))
    return event::stop;
  if (std::exchange(reload_, false))
    return event::reload;
  return std::nullopt;
}

void signal_watch::listen() {
  const auto set = watched();
  std::optional<std::chrono::steady_clock::time_point> first_stop;
  for (;;) {
    const int signal = ::sigtimedwait(&set, nullptr, &glance);
    const std::lock_guard guard{mutex_};
    if (over_)
      return;
    if (signal == SIGHUP) {
      reload_ = true;
    } else if (signal == SIGTERM || signal == SIGINT) {
      const auto now = std::chrono::steady_clock::now();
      if (first_stop && now - *first_stop >= grace)
        ::_exit(128 + signal); // the second one is meant
      if (!first_stop)
        stop_ = true;
      first_stop = first_stop.value_or(now);
    }
    changed_.notify_all();
  }
}

} // namespace troupe::actors
