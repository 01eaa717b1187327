#pragma once

#include "actors/link/channel_end.hpp"

#include <functional>
#include <memory>

namespace caf {
class event_based_actor;
}

namespace troupe::actors {

/// What a channel_runtime needs from whoever it lives in: its actor, or a test.
/// Thread: the channel's. Owner: outlives the runtime.
class channel_host {
 public:
  /// To whoever sent the batch of commands that is being handled.
  [[nodiscard]] virtual std::unique_ptr<effect_outlet> outlet() = 0;

  /// Runs `later` on the channel's thread, after the present handler.
  virtual void post(std::function<void()> later) = 0;

  [[nodiscard]] virtual caf::event_based_actor& actor() = 0;

 protected:
  ~channel_host() = default;
};

} // namespace troupe::actors
