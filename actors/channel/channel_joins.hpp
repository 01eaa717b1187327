#pragma once
/// A join between its arrival and its answer.
/// Owner: the channel_runtime, and whoever will decide. Thread: the channel's. Ends: decided, once.

#include "actors/channel/channel_runtime.hpp"

namespace troupe::actors {

struct channel_runtime::admission {
  asker who;
  join what;
  append_line::point where;    ///< in the channel's stream: it hears what follows
  place_ptr place;             ///< of the answer; none while it is put off
  std::vector<outward> early;  ///< pushes said to it before the answer
  bool skip = false;           ///< the shard has to be told where the stream is
  bool decided = false;
};

} // namespace troupe::actors
