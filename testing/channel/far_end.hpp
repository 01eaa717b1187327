#pragma once

#include "actors/messages/link_batches.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace troupe::actors::testing {

/// One shard's end of a link, without the shard: numbers what it sends, and keeps what it is told. What a channel's end must
/// not do (a batch twice, a command completed twice, a batch of nothing) throws std::logic_error.
/// A value; thread: the test's.
struct far_end {
  std::uint32_t number = 0;
  std::uint64_t slot = 0;
  command_number last_command = 0;
  batch_number told = 0, taken = 0;   ///< effect batches: heard, and acknowledged
  std::map<command_number, session_id> under_way;
  std::vector<effect> effects;        ///< in the order they came
  std::vector<session_id> completed;  ///< whose commands
  std::vector<std::size_t> batches;   ///< effects in each

  bool acknowledges = true;           ///< with the next batch of commands
  std::size_t read = 0;               ///< effects that were looked at
  bool may_break = false;             ///< the test lost commands on purpose
  int broken = 0;                     ///< told so
  bool may_be_empty = false;          ///< the test asked for a batch

  /// Forgets what it knew of the link, and uses another name for the next.
  void rename();
  [[nodiscard]] command_batch batch_of(std::vector<channel_command> commands);
  void take(effect_batch& batch);
};

} // namespace troupe::actors::testing
