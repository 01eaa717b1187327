#pragma once

#include "actors/messages/link_batches.hpp"
#include "actors/sessions/channel_log.hpp"
#include "actors/sessions/reader_list.hpp"

#include <deque>
#include <string>
#include <vector>

namespace troupe::actors {

/// A channel as one shard sees it: how to reach it, its log, who of this shard is in it, and the commands on their way.
///
///     finding --found--> live --lost--> finding
///        |                 |
///        +---- refused ----+--> gone (dropped)
///
/// Owner: the shard. Thread: the shard's. Ends: with its last subscription and its last command, plus a while.
/// Bounded: commands under way by `channel_commands` and `channel_command_bytes`.
class channel_entry {
 public:
  channel_entry(std::uint64_t link, std::string name, channel_log::bounds limits, log_budget& shard_total)
      : number(link), log(std::move(name), limits, shard_total) {}

  [[nodiscard]] const std::string& name() const noexcept { return log.channel(); }

  std::uint64_t number; ///< the link's name in batches; a new one after the channel was lost
  channel_log log;
  bool head_known = false; ///< the log's head offset is the channel's: always, while somebody is in

  bool live = false;
  bool finding = false; ///< the broker was asked and has not answered
  channel_handle handle;
  config::overflow_policy overflow{}; ///< for those behind the log
  starter by; ///< who named it last here: whose it is, if it has to be started

  reader_list readers; ///< joined or joining
  bool dirty = false;  ///< in the shard's list of channels to look at

  // -- commands ---------------------------------------------------------------

  std::vector<channel_command> waiting; ///< of this turn, or until the channel is found
  struct command_under_way {
    session_id from;
    protocol::request_id id;
    std::size_t bytes = 0;
  };
  std::deque<command_under_way> under_way; ///< waiting or sent, not completed
  std::size_t under_way_bytes = 0;

  // -- credit -----------------------------------------------------------------

  std::uint32_t to_acknowledge = 0;
  std::size_t to_acknowledge_bytes = 0;

  std::uint64_t publications = 0; ///< received, for rates
  std::uint64_t deliveries = 0;
  bool listed_idle = false; ///< in the shard's list of channels that may be idle
  std::chrono::steady_clock::time_point idle_since{};
};

} // namespace troupe::actors
