#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>

namespace troupe::actors {

/// Channels that failed for good lately: whoever asks for one too soon is refused instead of having it started, so that a
/// class that cannot start costs little however many clients subscribe again.
///
/// The first pause is a second; each failure within `memory` after a pause doubles it, up to half a minute.
/// Pure: time is passed in. Owner: the broker. Bounded: beyond `kept_max` names, others are started at once.
class start_backoff {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::seconds first_pause{1}, pause_max{30}, memory{60};
  static constexpr std::size_t kept_max = 10'000;

  void failed(const std::string& name, time_point now);

  /// How long until it may be started, at least a millisecond; nothing: now.
  [[nodiscard]] std::optional<std::chrono::milliseconds> wait(const std::string& name, time_point now) const;

  /// Forgets those that have not failed again.
  void sweep(time_point now);

 private:
  struct entry {
    std::chrono::seconds pause;
    time_point until;
  };
  std::unordered_map<std::string, entry> all_;
};

} // namespace troupe::actors
