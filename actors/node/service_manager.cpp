#include "actors/node/service_manager.hpp"

#include <ctime>
#include <string>
#include <systemd/sd-daemon.h>

namespace troupe::actors {

namespace {

constexpr int keep_environment = 0; // of programs that are started anew by themselves

void tell(const std::string& state) { ::sd_notify(keep_environment, state.c_str()); }

std::string now_in_microseconds() {
  timespec t{};
  ::clock_gettime(CLOCK_MONOTONIC, &t);
  return std::to_string(static_cast<std::uint64_t>(t.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(t.tv_nsec) / 1000);
}

} // namespace

service_manager::service_manager() {
  std::uint64_t microseconds = 0;
  if (::sd_watchdog_enabled(keep_environment, &microseconds) > 0)
    patience_ = std::chrono::microseconds{microseconds};
}

void service_manager::ready() { tell("READY=1"); }

void service_manager::reloading() { tell("RELOADING=1\nMONOTONIC_USEC=" + now_in_microseconds()); }

void service_manager::stopping() { tell("STOPPING=1"); }

bool service_manager::waits_for_life(std::chrono::steady_clock::time_point now) const {
  return patience_ && now - last_ >= *patience_ / 2;
}

void service_manager::lives(std::chrono::steady_clock::time_point now) {
  tell("WATCHDOG=1");
  last_ = now;
}

} // namespace troupe::actors
