#pragma once

#include "config/settings.hpp"

#include <string>

namespace troupe::actors {

/// The last line of a process that ends by a signal of its own making (a handler that aborts, or touches memory that is not
/// there): which handler ran on that thread. Then the signal does what it would have done.
///
/// The line goes past the log's queue straight to its descriptor, in the log's format; what waits in the queue is lost. Uses
/// neither locks nor the heap. A signal that somebody else has a handler for (a sanitizer) stays theirs.
/// Owner: the node's process, one at a time. Thread: made by one; the line comes from whichever dies.
class crash_line {
 public:
  crash_line(const config::log_settings& how, const std::string& node, int descriptor = 2);
  ~crash_line();
  crash_line(const crash_line&) = delete;
  crash_line& operator=(const crash_line&) = delete;
};

} // namespace troupe::actors
