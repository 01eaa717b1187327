// How long a shard waits for its channels.

#include "actors/sessions/shard.hpp"

#include <algorithm>

namespace troupe::actors {

namespace {

constexpr auto silence_max = std::chrono::seconds{10}; // of a link with commands under way, before it is asked

} // namespace

/// Whoever waits for a channel's word, at its door, with a call or over the API, waits for so long, whatever keeps the
/// channel.
shard_end::time_point shard::due_of(const channel_command& what) const {
  const auto by_default = settings_.channels.call_timeout;
  if (const auto* call = std::get_if<protocol::call>(&what.body))
    return clock_.steady() + call_timeout(*call, by_default);
  if (const auto* asked = std::get_if<join>(&what.body))
    return asked->again ? shard_end::never : clock_.steady() + settings_.channels.join_timeout;
  return what.trusted ? clock_.steady() + by_default : shard_end::never;
}

void shard::watch(channel_entry& s) {
  if (s.watching && s.watching->armed() && s.link.next_deadline() >= s.watched_until)
    return;
  const auto due = std::min(s.link.next_deadline(), clock_.steady() + silence_max);
  if (!s.watching)
    s.watching = std::make_unique<timer>([this, &s] { look_at(s); });
  s.watched_until = due;
  wheel_.schedule(*s.watching, due);
}

/// Who waits for a call that is due hears so; a link that says nothing is asked whether it has anything to say.
void shard::look_at(channel_entry& s) {
  for (const auto& c : s.link.expire(clock_.steady())) {
    const protocol::error late{c.id, {error_code::timeout, "no answer within the deadline"}, s.name()};
    if (auto* who = find_session(c.from))
      guard(*who, [&] { c.joins ? who->on_join_late(s) : who->on_said(s, late); }); // its place it keeps until the channel is done with it
    else
      answer_command(c, late);
  }
  if (s.link.has_been_silent() && s.live) {
    s.link.probe();
    list_commands(s);
  }
  if (s.link.idle())
    s.watching.reset();
  else
    watch(s);
}

} // namespace troupe::actors
