#include "actors/node/crash_line.hpp"

#include "actors/hosting/running_handlers.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <poll.h>
#include <string_view>
#include <unistd.h>

namespace troupe::actors {

namespace {

constexpr int patience_ms = 500; // with whoever reads the log
constexpr std::array watched{SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};

std::string_view name_of(int signal) noexcept {
  switch (signal) {
  case SIGABRT: return "SIGABRT";
  case SIGSEGV: return "SIGSEGV";
  case SIGBUS: return "SIGBUS";
  case SIGFPE: return "SIGFPE";
  case SIGILL: return "SIGILL";
  default: return "a signal";
  }
}

/// What a signal handler may read: it has no arguments of ours.
struct prepared {
  int descriptor = 2;
  bool json = false;
  long zone = 0; // seconds east of Greenwich
  std::array<char, 64> node{};
};
prepared ready; // written before the handlers are installed

/// A line in the making; what does not fit is cut off.
class line {
 public:
  line& operator<<(std::string_view text) noexcept {
    for (const char c : text)
      put(c);
    return *this;
  }
  line& number(std::int64_t n, int digits) noexcept {
    std::array<char, 20> text{};
    for (int i = digits - 1; i >= 0; --i, n /= 10)
      text[static_cast<std::size_t>(i)] = static_cast<char>('0' + n % 10);
    return *this << std::string_view{text.data(), static_cast<std::size_t>(digits)};
  }
  /// Of somebody else: it forges neither lines nor JSON.
  line& quoted(std::string_view text, bool json) noexcept {
    for (const char c : text) {
      if (json && (c == '"' || c == '\\'))
        put('\\');
      put(static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c);
    }
    return *this;
  }
  /// Who ends does not wait for a reader that is stuck: a pipe that is ready takes the whole line.
  void write(int to) noexcept {
    text_[size_++] = '\n';
    pollfd one{to, POLLOUT, 0};
    if (::poll(&one, 1, patience_ms) <= 0)
      return;
    for (std::size_t at = 0; at < size_;) {
      const auto n = ::write(to, text_.data() + at, size_ - at);
      if (n <= 0)
        return;
      at += static_cast<std::size_t>(n);
    }
  }

 private:
  void put(char c) noexcept {
    if (size_ + 1 < text_.size())
      text_[size_++] = c;
  }

  std::array<char, 2048> text_{};
  std::size_t size_ = 0;
};

/// Howard Hinnant's civil_from_days: the C library's own may lock.
void write_time(line& to, bool json) noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  const std::int64_t local = now.tv_sec + ready.zone;
  const auto day_seconds = ((local % 86'400) + 86'400) % 86'400;
  const auto z = (local - day_seconds) / 86'400 + 719'468;
  const auto era = z / 146'097;
  const auto doe = z - era * 146'097;
  const auto yoe = (doe - doe / 1'460 + doe / 36'524 - doe / 146'096) / 365;
  const auto doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const auto mp = (5 * doy + 2) / 153;
  const auto month = mp < 10 ? mp + 3 : mp - 9;
  to.number(yoe + era * 400 + (month <= 2 ? 1 : 0), 4) << "-";
  to.number(month, 2) << "-";
  to.number(doy - (153 * mp + 2) / 5 + 1, 2) << (json ? "T" : " ");
  to.number(day_seconds / 3'600, 2) << ":";
  to.number(day_seconds / 60 % 60, 2) << ":";
  to.number(day_seconds % 60, 2) << ".";
  to.number(now.tv_nsec / 1'000'000, 3);
  const auto zone = ready.zone < 0 ? -ready.zone : ready.zone;
  to << (ready.zone < 0 ? "-" : "+");
  to.number(zone / 3'600, 2) << ":";
  to.number(zone / 60 % 60, 2);
}

void write_words(line& to, int signal) noexcept {
  const auto here = running_handlers::on_this_thread();
  to << "the process ends by " << name_of(signal);
  if (here.who.empty()) {
    to << ", outside of any handler";
    return;
  }
  to << ": ";
  to.quoted(here.who, ready.json) << " was running `";
  to.quoted(here.event, ready.json) << "`";
}

void write_text(line& to, int signal) noexcept {
  write_time(to, false);
  to << " error   ";
  write_words(to, signal);
}

void write_json(line& to, int signal) noexcept {
  const auto here = running_handlers::on_this_thread();
  to << R"({"time":")";
  write_time(to, true);
  to << R"(","level":"error","node":")" << ready.node.data() << R"(","text":")";
  write_words(to, signal);
  to << R"(","event":"crashed","data":{"signal":")" << name_of(signal) << "\"";
  if (!here.who.empty()) {
    to << R"(,"actor":")";
    to.quoted(here.who, true) << R"(","event":")";
    to.quoted(here.event, true) << "\"";
  }
  to << "}}";
}

/// The action that was there before is back by now (SA_RESETHAND): the signal, sent again, does its work.
void on_signal(int signal) {
  line last;
  if (ready.json)
    write_json(last, signal);
  else
    write_text(last, signal);
  last.write(ready.descriptor);
  ::raise(signal);
}

bool is_free(int signal) noexcept {
  struct sigaction now {};
  return ::sigaction(signal, nullptr, &now) == 0 && !(now.sa_flags & SA_SIGINFO) && now.sa_handler == SIG_DFL;
}

} // namespace

crash_line::crash_line(const config::log_settings& how, const std::string& node, int descriptor) {
  const auto now = std::time(nullptr);
  std::tm local{};
  ::localtime_r(&now, &local);
  ready = {descriptor, how.format == "json", local.tm_gmtoff, {}};
  std::memcpy(ready.node.data(), node.data(), std::min(node.size(), ready.node.size() - 1));
  for (const int signal : watched) {
    if (!is_free(signal))
      continue;
    struct sigaction ours {};
    ours.sa_handler = on_signal;
    ours.sa_flags = static_cast<int>(SA_RESETHAND) | SA_NODEFER | SA_ONSTACK;
    ::sigaction(signal, &ours, nullptr);
  }
}

crash_line::~crash_line() {
  for (const int signal : watched) {
    struct sigaction now {};
    if (::sigaction(signal, nullptr, &now) == 0 && now.sa_handler == on_signal)
      std::signal(signal, SIG_DFL);
  }
}

} // namespace troupe::actors
