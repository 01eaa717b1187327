#pragma once

#include "actors/messages/starter.hpp"

#include <cstddef>
#include <unordered_map>

namespace troupe::actors {

/// How many live channels each session and each address has had started. Pure.
/// Owner: the broker. Bounded by the live channels: who has none is forgotten.
class started_counts {
 public:
  /// 0: any number.
  struct limits {
    std::size_t per_session = 0, per_address = 0;
  };
  enum class verdict : std::uint8_t { may, over_session, over_address };

  /// Whether `by` may have one more. The node itself always may.
  [[nodiscard]] verdict may_start(const starter& by, const limits& most) const;
  void started(const starter& by);
  void ended(const starter& by);

  [[nodiscard]] std::size_t size() const noexcept { return sessions_.size() + addresses_.size(); }

 private:
  using table = std::unordered_map<std::uint64_t, std::size_t>;
  table sessions_, addresses_;
};

} // namespace troupe::actors
