#pragma once

#include "actors/telemetry/log_line.hpp"

#include <cstdint>

namespace troupe::actors {

/// Where log lines go. Ask `wants` first: a line that nobody sees need not be worded.
/// Owner: whoever runs the node. Thread: any. Guarantee: `write` waits for nobody; what cannot be kept is counted.
class event_log {
 public:
  [[nodiscard]] virtual bool wants(log_level level) const noexcept = 0;

  /// `about`: what the line says, for machines; null: only words.
  virtual void write(const log_line& line, const node_event* about) = 0;

  /// Lines that could not be written.
  [[nodiscard]] virtual std::uint64_t lost() const = 0;

 protected:
  ~event_log() = default;
};

} // namespace troupe::actors
