#include "actors/node/terminal.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <poll.h>
#include <string>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

namespace troupe::actors {

namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

} // namespace

terminal terminal::now() {
  terminal t;
  t.is_one = ::isatty(STDOUT_FILENO) == 1;
  t.colours = t.is_one && variable("NO_COLOR").empty() && variable("TERM") != "dumb";
  winsize size{};
  if (t.is_one && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
    t.columns = size.ws_col;
    t.lines = size.ws_row;
  }
  return t;
}

struct patience::state {
  sigset_t before{};
  int signals = -1;
  bool keys = false;
  termios line{}; // as the terminal was
};

patience::patience(bool watches_keys) : state_(std::make_unique<state>()) {
  sigset_t ours;
  sigemptyset(&ours);
  for (const int n : {SIGINT, SIGTERM, SIGHUP, SIGWINCH})
    sigaddset(&ours, n);
  ::sigprocmask(SIG_BLOCK, &ours, &state_->before);
  state_->signals = ::signalfd(-1, &ours, SFD_NONBLOCK | SFD_CLOEXEC);
  if (!watches_keys || ::isatty(STDIN_FILENO) != 1 || ::tcgetattr(STDIN_FILENO, &state_->line) != 0)
    return;
  auto raw = state_->line;
  raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  state_->keys = ::tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
}

patience::~patience() {
  if (state_->keys)
    ::tcsetattr(STDIN_FILENO, TCSANOW, &state_->line);
  if (state_->signals >= 0)
    ::close(state_->signals);
  ::sigprocmask(SIG_SETMASK, &state_->before, nullptr);
}

bool patience::wait(std::chrono::milliseconds time) {
  const auto until = std::chrono::steady_clock::now() + time;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0)
      return true;
    pollfd what[] = {{state_->signals, POLLIN, 0}, {state_->keys ? STDIN_FILENO : -1, POLLIN, 0}};
    if (::poll(what, 2, static_cast<int>(left.count())) < 0 && errno != EINTR)
      return false;
    signalfd_siginfo told{};
    if (::read(state_->signals, &told, sizeof told) == sizeof told)
      return told.ssi_signo == SIGWINCH;
    char key = 0;
    if (what[1].revents != 0 && (::read(STDIN_FILENO, &key, 1) != 1 || key == 'q' || key == 'Q'))
      return false;
  }
}

} // namespace troupe::actors
