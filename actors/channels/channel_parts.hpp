#pragma once

#include "actors/hosting/running_handlers.hpp"
#include "actors/hosting/spawned_actors.hpp"
#include "actors/messages/channel_figures.hpp"
#include "actors/messages/events.hpp"
#include "actors/stores/store.hpp"
#include "config/settings.hpp"

#include <troupe/channel.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace troupe::actors {

/// Makes the application's object: once at the start and again after each crash. May throw: that is a failed start.
using channel_factory = std::function<std::unique_ptr<troupe::channel>(const std::string& name)>;

/// Where a channel reads the time. `steady` for deadlines, `system` for timestamps; tests step both.
struct channel_clock {
  using steady_time = std::chrono::steady_clock::time_point;
  std::function<steady_time()> steady;
  std::function<std::chrono::system_clock::time_point()> system;
};

/// What a channel is made from. A value; what it refers to outlives every channel of the node.
struct channel_parts {
  std::string name;
  channel_factory make; ///< none: the built-in open channel
  const config::name_space& name_space;
  const config::settings& settings;
  store& keep;
  announcer& events;
  channel_clock clock;
  running_handlers* running = nullptr; ///< none: nobody looks
  starter by{};                ///< who had it started
  spawned_actors* spawned = nullptr; ///< likewise none
  std::shared_ptr<channel_figures> figures{}; ///< where it tells what lists are sorted by; none: nobody lists it
};

[[nodiscard]] inline retention retention_of(const config::name_space& n, const config::settings& s) {
  return {n.history_size,        n.history_ttl,             n.history_bytes,
          s.channels.key_ttl, s.limits.keys_per_channel, s.limits.keys_per_publisher,
          s.limits.answer_bytes, s.limits.answer_bytes_per_channel};
}

} // namespace troupe::actors
