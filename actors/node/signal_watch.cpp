#include "actors/node/signal_watch.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace troupe::actors {

namespace {

constexpr auto grace = std::chrono::seconds{1};
constexpr std::array watched{SIGTERM, SIGINT, SIGHUP};
constexpr unsigned char over = 0; // no signal has this number

int write_end = -1; // handlers have no other way to know it; set before they are installed, closed after they are gone

extern "C" void write_down(int signal) {
  const int before = errno;
  const auto number = static_cast<unsigned char>(signal);
  (void)!::write(write_end, &number, 1); // full: as many are waiting
  errno = before;
}

} // namespace

/// What the handlers write to, and the thread that reads it. There is one as long as somebody watches.
class signal_pipe {
 public:
  signal_pipe() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0)
      throw std::system_error(errno, std::generic_category(), "a pipe for signals");
    (void)::fcntl(ends_[1], F_SETFL, O_NONBLOCK);
    write_end = ends_[1];
    thread_ = std::thread([this] { listen(); });
    struct sigaction ours {};
    ours.sa_handler = write_down;
    ours.sa_flags = SA_RESTART;
    for (std::size_t i = 0; i < watched.size(); ++i)
      ::sigaction(watched[i], &ours, &before_[i]);
    ours.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &ours, &pipe_before_);
  }

  ~signal_pipe() {
    for (std::size_t i = 0; i < watched.size(); ++i)
      ::sigaction(watched[i], &before_[i], nullptr);
    ::sigaction(SIGPIPE, &pipe_before_, nullptr);
    (void)::fcntl(ends_[1], F_SETFL, 0); // the last word must find room
    (void)!::write(ends_[1], &over, 1);
    thread_.join();
    for (const int end : ends_)
      ::close(end);
  }

  signal_pipe(const signal_pipe&) = delete;
  signal_pipe& operator=(const signal_pipe&) = delete;

  // -- who watches ------------------------------------------------------------

  static void add(signal_watch& who) {
    const std::lock_guard guard{life()};
    if (!one())
      one() = new signal_pipe;
    const std::lock_guard inner{one()->mutex_};
    one()->watches_.push_back(&who);
  }

  static void remove(signal_watch& who) {
    const std::lock_guard guard{life()};
    bool last = false;
    {
      const std::lock_guard inner{one()->mutex_};
      std::erase(one()->watches_, &who);
      last = one()->watches_.empty();
    }
    if (last)
      delete std::exchange(one(), nullptr);
  }

 private:
  static std::mutex& life() {
    static std::mutex of_the_process;
    return of_the_process;
  }
  /// A plain pointer: `exit` while somebody watches takes nothing from under it.
  static signal_pipe*& one() {
    static signal_pipe* of_the_process = nullptr;
    return of_the_process;
  }

  /// Also where the program, or whoever started it, has blocked the signals everywhere else.
  void listen() {
    sigset_t set;
    sigemptyset(&set);
    for (const int s : watched)
      sigaddset(&set, s);
    ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
    for (unsigned char number = over;;) {
      const auto n = ::read(ends_[0], &number, 1);
      if (n == 1 && number == over)
        return;
      if (n == 1)
        heard(number);
    }
  }

  void heard(int signal) {
    if (signal != SIGHUP && !is_meant(signal))
      return;
    const std::lock_guard guard{mutex_};
    for (auto* w : watches_)
      w->hear(signal == SIGHUP ? signal_watch::event::reload : signal_watch::event::stop);
  }

  bool is_meant(int signal) {
    const auto now = std::chrono::steady_clock::now();
    if (first_stop_ && now - *first_stop_ >= grace)
      ::_exit(128 + signal); // the second one
    return !std::exchange(first_stop_, first_stop_.value_or(now));
  }

  std::array<int, 2> ends_{-1, -1};
  std::array<struct sigaction, watched.size()> before_{};
  struct sigaction pipe_before_ {};
  std::mutex mutex_;
  std::vector<signal_watch*> watches_;
  std::optional<std::chrono::steady_clock::time_point> first_stop_; // the thread's
  std::thread thread_;
};

signal_watch::signal_watch() { signal_pipe::add(*this); }

signal_watch::~signal_watch() { signal_pipe::remove(*this); }

void signal_watch::hear(event what) {
  const std::lock_guard guard{mutex_};
  (what == event::stop ? stop_ : reload_) = true;
  changed_.notify_all();
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

} // namespace troupe::actors
