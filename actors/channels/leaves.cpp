#include "actors/channels/leaves.hpp"

namespace troupe::actors {

/// It leaves the queue only now: an actor that died in its hook would have told telemetry.
void leaves::told(bool heard) {
  const auto [who, why, last] = untold_.front();
  untold_.pop_front();
  note(who.id, why, heard);
}

void leaves::abandon() {
  while (!untold_.empty())
    told(false);
}

void leaves::note(session_id who, leave_reason why, bool heard) {
  if (noted_.empty() || noted_.back().why != why || noted_.back().heard != heard)
    noted_.push_back({why, heard, {}});
  noted_.back().sessions.push_back(who);
}

void leaves::announce(announcer& to, const std::string& channel) {
  for (auto& [why, heard, sessions] : std::exchange(noted_, {})) {
    if (sessions.size() == 1)
      to.announce(events::member_left{channel, sessions.front(), why, heard});
    else
      to.announce(events::members_left{channel, std::move(sessions), why, heard});
  }
}

} // namespace troupe::actors
