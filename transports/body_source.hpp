#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace troupe::transports {

/// The part of a response's body that is read as its client takes it, so that nobody holds all of it: a file.
///
/// Owner: the response, then its connection. Thread: one at a time, mostly that of blocking_work. Ends with the last
/// piece, or with its connection.
class body_source {
 public:
  virtual ~body_source() = default;

  /// Bytes in all; promised to the client by the response's length.
  [[nodiscard]] virtual std::uint64_t size() const = 0;

  /// The next bytes, at most `max`; may block. Empty: they are no longer there.
  [[nodiscard]] virtual std::string read(std::size_t max) = 0;
};

} // namespace troupe::transports
