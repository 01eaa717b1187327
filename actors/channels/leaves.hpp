#pragma once

#include "actors/containers/fifo.hpp"
#include "actors/messages/events.hpp"

#include <troupe/member.hpp>

#include <string>
#include <utility>
#include <vector>

namespace troupe::actors {

/// Leaves on their way to the object's `on_leave` and to telemetry: each is told once, whatever dies meanwhile.
/// Owner: the channel_runtime. Thread: the channel's. Bounded by the members.
class leaves {
 public:
  struct leave {
    member who;
    leave_reason why = leave_reason::left;
    bool last = false; ///< of its user
  };

  void add(member who, leave_reason why, bool last) { untold_.push_back({std::move(who), why, last}); }

  /// The next that the object has not heard of; it stays until `told`. Not if there is none.
  [[nodiscard]] const leave& next() const { return untold_.front(); }
  void told(bool heard);

  /// One that nobody is left to hear of.
  void unheard(session_id who, leave_reason why) { note(who, why, false); }
  /// Nor of those that are still to be told.
  void abandon();

  /// Those of a turn go together: however many leave at once, it is a handful of events.
  void announce(announcer& to, const std::string& channel);

 private:
  struct leave_note {
    leave_reason why;
    bool heard = true;
    std::vector<session_id> sessions;
  };
  void note(session_id who, leave_reason why, bool heard);

  fifo<leave> untold_;
  std::vector<leave_note> noted_; // of this turn, for telemetry
};

} // namespace troupe::actors
