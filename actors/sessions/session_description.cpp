// A session as operators see it: what it matches, what lists are sorted by, and all that there is to know.

#include "actors/sessions/channel_entry.hpp"
#include "actors/sessions/session.hpp"

#include <algorithm>

namespace troupe::actors {

namespace {

/// Entries between its cursor and the log's head.
std::uint64_t lag_of(subscription& s) {
  const auto head = s.channel().log.head();
  return head - std::min(s.cursor(), head);
}

} // namespace

bool session::matches(const session_query& what) const {
  if (!what.transport.empty() && what.transport != to_string(transport_))
    return false;
  if (!what.channel.empty() && !find(what.channel))
    return false;
  return what.part.empty() || has_part(user(), what.part) || has_part(peer_, what.part) ||
         has_part(agent_, what.part) || has_part(to_string(id_), what.part);
}

std::int64_t session::figure(session_figure of) const {
  const auto number = [](std::uint64_t n) { return static_cast<std::int64_t>(n); };
  switch (of) {
  case session_figure::since: return since_;
  case session_figure::queued: return number(delivery_->queued());
  case session_figure::journal: return number(journal_ ? journal_->bytes() : 0);
  case session_figure::sent: return number(delivery_->moved().sent);
  case session_figure::received: return number(delivery_->moved().received);
  case session_figure::channels: return number(subscriptions_.size());
  case session_figure::lag: return number(lag());
  }
  return 0;
}

connection_description session::describe(std::size_t channels_max) const {
  connection_description d;
  d.session = id_;
  d.transport = to_string(transport_);
  d.user = user();
  d.peer = peer_;
  d.agent = agent_;
  d.since = since_;
  for (const auto& s : subscriptions_)
    if (d.channels.size() < channels_max)
      d.channels.push_back({s->channel().name(), s->offset(), lag_of(*s)});
  d.in_channels = subscriptions_.size();
  d.lag = lag();
  d.queued = delivery_->queued();
  d.journal = journal_ ? journal_->bytes() : 0;
  const auto bytes = delivery_->moved();
  d.received = bytes.received;
  d.sent = bytes.sent;
  d.away = is_away_;
  return d;
}

} // namespace troupe::actors
