#pragma once
/// Pipes that fail at the n-th operation, and byte_streams that take little at a time.

#include "transports/byte_stream.hpp"

#include <atomic>
#include <memory>

namespace troupe::transports::test {

/// Counts the reads and writes of all byte_streams it has made; the n-th one fails, and that socket from then on.
class failure_plan {
 public:
  enum class how : std::uint8_t { reset, eof };

  failure_plan(std::size_t at, how what) noexcept : at_(at), what_(what) {}

  /// Whether the operation that begins now is the one to fail.
  bool strikes() noexcept { return ++seen_ == at_; }
  [[nodiscard]] bool has_struck() const noexcept { return seen_ >= at_; }
  [[nodiscard]] boost::system::error_code error(bool reading) const;

 private:
  std::atomic<std::size_t> seen_{0};
  std::size_t at_;
  how what_;
};

/// Over byte_streams made by `under`; empty: plain ones.
[[nodiscard]] byte_stream_factory failing_streams(std::shared_ptr<failure_plan> plan, byte_stream_factory under = {});

/// Reads and writes at most `bytes` at once, and wants to be asked again after each write.
[[nodiscard]] byte_stream_factory narrow_streams(std::size_t bytes);

} // namespace troupe::transports::test
