#pragma once

#include <troupe/member.hpp>
#include <troupe/payload.hpp>

#include <chrono>
#include <cstddef>

namespace troupe {

/// One member's answer to an `ask`. The member may have left since.
struct ask_answer {
  member who;
  payload data;
};

/// How long an `ask` waits, and for how many.
struct ask_options {
  std::chrono::milliseconds deadline{5000}; ///< from now; the answers that came by then are handed out
  std::size_t quorum = 0;                   ///< answers that are enough; 0: all that were asked
};

} // namespace troupe
