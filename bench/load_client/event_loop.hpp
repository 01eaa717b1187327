#pragma once
/// One epoll, one thread, one receive buffer for all connections.

#include <cstdint>
#include <vector>

#include <sys/epoll.h>

namespace troupe::bench {

class connection;

class event_loop {
 public:
  event_loop();
  ~event_loop();
  event_loop(const event_loop&) = delete;
  event_loop& operator=(const event_loop&) = delete;

  void add(int descriptor, connection& who, std::uint32_t events) { control(EPOLL_CTL_ADD, descriptor, who, events); }
  void change(int descriptor, connection& who, std::uint32_t events) {
    control(EPOLL_CTL_MOD, descriptor, who, events);
  }

  /// Runs what is ready, waiting at most `milliseconds` for it.
  void turn(int milliseconds);

  /// Valid until the next connection is run.
  [[nodiscard]] std::vector<char>& received() noexcept { return received_; }

 private:
  void control(int what, int descriptor, connection& who, std::uint32_t events) const;

  int epoll_ = -1;
  std::vector<epoll_event> events_;
  std::vector<char> received_;
};

} // namespace troupe::bench
