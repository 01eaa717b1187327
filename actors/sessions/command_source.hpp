#pragma once

#include "protocol/messages.hpp"

#include <string>

namespace troupe::actors {

/// Who sends commands to channels and is no session: known to its shard by an id of its own.
/// Thread: the shard's. Owner: outlives the shard, or is removed before.
class command_source {
 public:
  /// The answer to a command, of its id; an error also to one without.
  virtual void answered(const protocol::request_id& id, const protocol::server_message& what) = 0;

  /// The channel is done with a command of that id, answered or not.
  virtual void completed(const std::string& channel, const protocol::request_id& id) = 0;

  /// A channel whose link had no room (`shard::wait_for_room`) may take more.
  virtual void has_room(const std::string& channel) = 0;

 protected:
  ~command_source() = default;
};

} // namespace troupe::actors
