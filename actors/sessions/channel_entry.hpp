#pragma once

#include "actors/hosting/timer_wheel.hpp"
#include "actors/link/shard_end.hpp"
#include "actors/messages/link_batches.hpp"
#include "actors/sessions/channel_log.hpp"
#include "actors/sessions/reader_list.hpp"

#include <memory>
#include <string>
#include <vector>

namespace troupe::actors {

/// A channel as one shard sees it: how to reach it, its log, who of this shard is in it, and its end of the link.
///
///     finding --found--> live --lost--> finding
///        |                 |
///        +---- refused ----+--> gone (dropped)
///
/// Owner: the shard. Thread: the shard's. Ends: with its last subscription and its last command, plus a while.
class channel_entry {
 public:
  channel_entry(shard_end end, std::string name, channel_log::bounds limits, log_budget& shard_total)
      : link(std::move(end)), log(std::move(name), limits, shard_total) {}

  [[nodiscard]] const std::string& name() const noexcept { return log.channel(); }

  shard_end link;
  bool has_commands = false;       ///< in the shard's list of links to flush
  std::unique_ptr<timer> watching; ///< the link, while commands are under way
  std::chrono::steady_clock::time_point watched_until;
  channel_log log;
  bool head_known = false; ///< the log's head offset is the channel's: always, while somebody is in

  bool live = false;
  bool finding = false; ///< the broker was asked and has not answered
  channel_handle handle;
  config::overflow_policy overflow{}; ///< for those behind the log
  starter by; ///< who named it last here: whose it is, if it has to be started

  std::vector<session_id> short_of_room; ///< sources of commands that its link had no room for

  reader_list readers; ///< joined or joining
  bool dirty = false;  ///< in the shard's list of channels to look at

  bool listed_idle = false; ///< in the shard's list of channels that may be idle
  std::chrono::steady_clock::time_point idle_since{};

  std::size_t of_nobody = 0; ///< commands under way that no client sent
};

} // namespace troupe::actors
