#pragma once

#include "actors/sessions/rate_bucket.hpp"

#include <cstddef>
#include <map>
#include <string>

namespace troupe::actors {

/// What is known of a session that was refused something for coming too fast, or that speaks in namespaces with a rate.
///
/// Owner: its session, made on first use; like that it outlives connections. Thread: the shard's.
/// Bounded: an entry for each namespace.
struct haste {
  std::map<std::string, rate_bucket> spaces{}; ///< by the pattern of their namespace
  rate_bucket refusals{};
  rate_bucket::time announce_at{}; ///< not before
  bool sent_away = false;          ///< its connection ends: what still comes over it is not answered

  [[nodiscard]] std::size_t bytes() const noexcept { return sizeof(haste) + spaces.size() * 128; }
};

} // namespace troupe::actors
