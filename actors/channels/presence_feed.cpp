#include "actors/channels/presence_feed.hpp"

#include <utility>

namespace troupe::actors {

using kind = protocol::presence_change::kind;

// -- what happens -------------------------------------------------------------

/// Of a newcomer that reads itself only others hear: it is told who is there with its answer.
void presence_feed::came(const attendance& who) {
  if (members_.presence_readers() == (who.presence ? 1u : 0u))
    return;
  if (is_over(1))
    crowd();
  if (!crowded_ && !anew_)
    changes_.came(info_of(who));
  arm();
}

void presence_feed::went(const member& who) {
  if (members_.presence_readers() == 0)
    return forget();
  if (!crowded_ && !anew_)
    changes_.went(who.id, who.user);
  arm();
  if (changes_.size() > 2 * parts_.settings.limits.presence_members)
    too_much_happened();
}

void presence_feed::turned(const member& who) {
  if (members_.presence_readers() == 0 || crowded_ || anew_)
    return;
  changes_.turned(who.id, who.away);
  arm();
}

void presence_feed::tell_anew() {
  anew_ = true;
  arm();
}

/// More sessions than were there before and are there now: lists have named them, and they are gone again. One more list is
/// shorter.
void presence_feed::too_much_happened() {
  parts_.events.announce(events::limit_passed{"limits.presence_members", parts_.name});
  changes_.clear();
  tell_anew();
}

/// More than `1 / part` of what may be named.
bool presence_feed::is_over(std::size_t part) const {
  const auto& limits = parts_.settings.limits;
  return members_.size() > limits.presence_members / part || members_.named_bytes() > limits.page_bytes / part;
}

void presence_feed::crowd() {
  if (std::exchange(crowded_, true))
    return;
  parts_.events.announce(events::limit_passed{"limits.presence_members", parts_.name});
  changes_.clear();
  told_.reset();
  arm();
}

/// Nobody reads.
void presence_feed::forget() {
  changes_.clear();
  due_.reset();
  told_.reset();
  crowded_ = anew_ = false;
}

void presence_feed::arm() {
  if (!due_)
    due_ = parts_.clock.steady() + parts_.settings.channels.presence_interval;
}

// -- what is told -------------------------------------------------------------

protocol::presence_change presence_feed::everybody() {
  changes_.listed();
  if (is_over(1))
    crowd();
  if (crowded_) {
    if (told_ != members_.size()) { // one knows another number than the others: what is true next is told to all
      told_.reset();
      arm();
    }
    return number();
  }
  protocol::presence_change all{parts_.name, {}, {}, {}, {}, members_.size(), kind::everybody};
  all.joined.reserve(members_.size());
  for (const auto& [id, there] : members_.all())
    all.joined.push_back(info_of(there));
  return all;
}

void presence_feed::tell() {
  for (const auto& [end, l] : links_.all())
    if (l->take_presence_lost())
      tell_anew();
  if (!due_ || parts_.clock.steady() < *due_)
    return;
  due_.reset();
  if (members_.presence_readers() == 0)
    return forget();
  if (const auto what = next())
    for (const auto& [end, l] : links_.all())
      if (l->presence_readers() > 0)
        l->say({presence_changed{*what}, {}, 0});
}

std::optional<protocol::presence_change> presence_feed::next() {
  const bool anew = std::exchange(anew_, false);
  if (crowded_ && !is_over(2)) {
    crowded_ = false;
    return everybody();
  }
  if (crowded_)
    return std::exchange(told_, members_.size()) == members_.size() && !anew ? std::nullopt : std::optional{number()};
  if (anew) {
    changes_.clear();
    return everybody();
  }
  auto what = changes_.take([this](const std::string& user) { return members_.sessions_of(user); });
  if (what)
    what->count = members_.size();
  return what;
}

protocol::presence_change presence_feed::number() const {
  return {parts_.name, {}, {}, {}, {}, members_.size(), kind::number};
}

} // namespace troupe::actors
