#pragma once
/// A join between its arrival and its answer.
/// Owner: the channel_runtime, and whoever will decide. Thread: the channel's. Ends: decided, once.

#include "actors/channels/channel_runtime.hpp"

namespace troupe::actors {

struct channel_runtime::pending_join {
  asker who;
  join what;
  pending_appends::point where;    ///< in the channel's stream: it hears what follows
  effect_slot_ptr slot;             ///< of the answer; none while it is put off
  std::vector<outbound_item> early;  ///< pushes said to it before the answer
  bool skip = false;           ///< the shard has to be told where the stream is
  bool decided = false;
};

} // namespace troupe::actors
