#pragma once
/// What a channel_runtime needs from whoever it lives in: its actor, or a test.
/// Thread: the channel's. Owner: outlives the runtime.

#include "actors/messages/link_batches.hpp"

#include <functional>

namespace caf {
class event_based_actor;
}

namespace troupe::actors {

class link;

class channel_host {
 public:
  virtual void send(const link& over, effect_batch_ptr batch) = 0;

  /// Runs `later` on the channel's thread, after the present handler.
  virtual void post(std::function<void()> later) = 0;

  [[nodiscard]] virtual caf::event_based_actor& actor() = 0;

 protected:
  ~channel_host() = default;
};

} // namespace troupe::actors
