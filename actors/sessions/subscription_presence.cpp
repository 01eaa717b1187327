// Who is there, as a subscription that reads presence is told.

#include "actors/sessions/session.hpp"
#include "actors/sessions/subscription.hpp"

#include <utility>

namespace troupe::actors {

void subscription::on_presence(protocol::presence_change what, std::uint64_t number) {
  say_before_replay(std::move(what), offset_, number);
}

/// A newer list of who is there takes the place of one that waits.
void subscription::on_list() {
  presence_asked_ = false;
  for (std::size_t i = 0; i < messages_.size(); ++i) {
    auto& said = messages_[i];
    if (said.silent || !std::holds_alternative<protocol::presence_change>(said.what))
      continue;
    owner_.waits_no_more(std::exchange(said.bytes, 0), kind_of(said.what));
    said.what = protocol::presence_change{};
    said.silent = true;
  }
}

void subscription::presence_missed() {
  const bool reads = presence_ && phase_ != phase::joining && phase_ != phase::ended && !said_last_ && !leaving_;
  if (reads && !held_ && !std::exchange(presence_asked_, true))
    owner_.ask_presence(*this);
}

} // namespace troupe::actors
