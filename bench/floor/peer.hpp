#pragma once
/// One connection of the floor.

#include <string>
#include <string_view>

#include <sys/socket.h>

namespace troupe::bench {

struct peer {
  int descriptor = -1;
  bool upgraded = false;
  bool subscribed = false;
  bool closed = false;
  std::string input;   ///< the beginning of a message that is not complete
  std::string pending; ///< what the socket did not take

  /// One `send` if nothing waits; what the socket does not take waits. False: the connection is broken.
  bool send(std::string_view bytes);

  /// Another try for what waits. False: the connection is broken.
  bool flush();
};

} // namespace troupe::bench
