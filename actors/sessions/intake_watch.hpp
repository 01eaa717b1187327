#pragma once

#include "transports/connection.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace troupe::actors {

/// Whether the peer of a connection takes what is there for it: by what it has acknowledged, not by what the kernel
/// has taken, so that a peer whose cable was pulled takes nothing, too.
///
/// Owner: a delivery, as a member. Thread: the shard's. Knows what it is shown: asked each second, it is exact to one.
class intake_watch {
 public:
  /// Since when the peer has taken nothing although something is there for it; zero if it takes, or has all.
  std::chrono::milliseconds nothing_for(const transports::connection& of, std::chrono::steady_clock::time_point now) {
    const auto sent = of.sent();
    const auto behind = std::min<std::uint64_t>(sent, of.kernel_backlog());
    const auto acknowledged = sent - behind;
    if (acknowledged != acknowledged_ || (behind == 0 && of.queued() == 0)) {
      acknowledged_ = acknowledged;
      since_ = now;
    }
    return std::chrono::duration_cast<std::chrono::milliseconds>(now - since_);
  }

 private:
  std::uint64_t acknowledged_ = nothing_seen;
  std::chrono::steady_clock::time_point since_{};
  static constexpr std::uint64_t nothing_seen = static_cast<std::uint64_t>(-1);
};

} // namespace troupe::actors
