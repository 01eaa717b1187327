#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace troupe::actors {

/// Writes lines to a descriptor that may take none for a while, or never again: a pipe that nobody reads, a full disk,
/// a terminal that is held, a reader that is gone.
///
/// Whoever writes waits for nobody: lines wait for a thread of the writer's own, and that one for the descriptor.
/// Bounded: `bytes_max` of lines wait; what comes beyond is dropped, and so is what the descriptor refuses. As soon as
/// a line can be written again, one before it says how many were lost. A pipe without a reader raises no signal.
/// Owner: whoever has something to say. Thread: any. Ends: destroyed; what was said last has `last_words` to get out.
class line_writer {
 public:
  static constexpr std::chrono::milliseconds last_words{1000};

  /// The descriptor stays the caller's. `loss_line` words the line about lost ones, its end included; thread: any.
  line_writer(int descriptor, std::size_t bytes_max, std::function<std::string(std::uint64_t lines)> loss_line);
  ~line_writer();
  line_writer(const line_writer&) = delete;
  line_writer& operator=(const line_writer&) = delete;

  /// `line` with its end.
  void write(std::string line);

  /// Waits until everything was written or lost, at most this long; whether it was.
  bool flush(std::chrono::milliseconds most) const;

  /// Lines that nobody will read.
  [[nodiscard]] std::uint64_t lost() const;

 private:
  struct state;

  std::shared_ptr<state> state_; // shared with the thread, which may be left behind within a write
  std::thread thread_;
};

} // namespace troupe::actors
