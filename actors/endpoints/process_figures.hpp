#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>

namespace troupe::actors {

/// What the system says of this process. A value.
struct process_figures {
  std::uint64_t resident_bytes = 0, virtual_bytes = 0;
  double cpu_seconds = 0; ///< of all threads, user and system
  std::uint64_t open_fds = 0, max_fds = 0;
  std::uint64_t threads = 0;
};

/// Asks the system. Counting descriptors takes a while where there are many: that is done at most once a second, however
/// often somebody asks.
/// Owner: the endpoints' state. Thread: any; it locks itself.
class process_reader {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  [[nodiscard]] process_figures read(time_point now) const;

 private:
  [[nodiscard]] std::uint64_t open_fds(time_point now) const;

  mutable std::mutex counting_;
  mutable time_point counted_{};
  mutable std::uint64_t fds_ = 0;
};

} // namespace troupe::actors
