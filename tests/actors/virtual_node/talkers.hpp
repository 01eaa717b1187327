#pragma once
/// Clients that command and hear envelopes, the same on all transports: for tests of all that is no broadcast.

#include "testing/node/clients.hpp"

namespace troupe::actors::testing {

/// One who commands and hears envelopes, whatever the transport.
class talker {
 public:
  virtual ~talker() = default;
  /// Commands, and gives the answer back.
  virtual json command(json what) = 0;
  /// Everything told so far, in order: envelopes, or what comes nearest.
  virtual std::vector<json> told() = 0;
  /// Those of a type.
  std::vector<json> told(std::string_view type);
  /// Reads no more, or again. (A poll does not come while nobody looks.)
  virtual void stop_reading() {}
  virtual void read_again() {}
  /// Its client is gone without a word.
  virtual void lose() = 0;
};

struct talker_case {
  const char* name;
  /// `user`: who it says it is, where a test's node asks; else nobody.
  std::function<std::unique_ptr<talker>(virtual_node&, const std::string& user)> make;
};

[[nodiscard]] const std::vector<talker_case>& all_talkers();

} // namespace troupe::actors::testing
