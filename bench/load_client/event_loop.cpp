#include "load_client/event_loop.hpp"

#include "load_client/connection.hpp"

#include <cerrno>
#include <system_error>

#include <unistd.h>

namespace troupe::bench {

namespace {

constexpr std::size_t events_per_turn = 1024;
constexpr std::size_t receive_bytes = 256 * 1024;

} // namespace

event_loop::event_loop() : epoll_(epoll_create1(EPOLL_CLOEXEC)), events_(events_per_turn), received_(receive_bytes) {
  if (epoll_ < 0)
    throw std::system_error{errno, std::generic_category(), "epoll_create1"};
}

event_loop::~event_loop() { ::close(epoll_); }

void event_loop::control(int what, int descriptor, connection& who, std::uint32_t events) const {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &who;
  if (epoll_ctl(epoll_, what, descriptor, &event) < 0)
    throw std::system_error{errno, std::generic_category(), "epoll_ctl"};
}

void event_loop::turn(int milliseconds) {
  const int count = epoll_wait(epoll_, events_.data(), static_cast<int>(events_.size()), milliseconds);
  for (int i = 0; i < count; ++i) {
    const auto& event = events_[static_cast<std::size_t>(i)];
    static_cast<connection*>(event.data.ptr)->ready(event.events);
  }
}

} // namespace troupe::bench
