#include "actors/channels/channel_runtime.hpp"
#include "actors/channels/reply_bodies.hpp"

#include <algorithm>

namespace troupe::actors {

namespace {

constexpr std::size_t history_limit = 100;  // of a request that names none
constexpr std::size_t presence_limit = 1000;

} // namespace

// -- pages --------------------------------------------------------------------

/// Asked by shards only, for who was let in: also one that has left since reads what was said before its last word.
void channel_runtime::handle(const asker& who, read_on& r) {
  const auto slot = who.via->reserve();
  stream_.at(stream_.now(), [this, who, slot, since = r.since](offset_t head) {
    pages_.read(since, head, who.from, limits_.log_entries, [this, who, slot, since](visible_page found) {
      auto replay = replay_of(std::move(found), since, parts_.name, epoch());
      slot->settle({read_page{who.from, std::move(replay)}, who.from, who.number});
    });
  });
}

// -- history ------------------------------------------------------------------

void channel_runtime::handle(const asker& who, protocol::history& h) {
  if (!allowed(who, rules().history))
    return refuse_access(who, rules().history, "reading history");
  std::optional<overheard::page> also;
  if (who.trusted && h.overheard)
    also = stream_.overhear(*h.overheard, now(), limits_.page_bytes);
  const auto slot = who.via->reserve();
  const auto reader = who.trusted ? session_id{} : who.from; // an operator reads what was said to some alone, too
  stream_.at(stream_.now(), [this, who, reader, slot, what = std::move(h), also = std::move(also)](offset_t head) {
    const auto& since = what.since;
    const bool goes_on = since && since->epoch == epoch() && since->offset <= head;
    const auto answer_with = [this, who, slot, head, goes_on, from_position = since.has_value(), also](visible_page found) {
      if (found.why_not)
        return slot->settle(who.error(*std::move(found.why_not), parts_.name));
      const auto recovered = from_position ? std::optional{goes_on && !found.lost_up_to} : std::nullopt;
      slot->settle(
          who.reply(reply_bodies::history(parts_.name, found.items, {epoch(), head}, recovered, !found.last, who.trusted, also)));
    };
    const auto limit = what.limit.value_or(history_limit);
    if (since) // what cannot be gone on from: all there is, and the reply says so
      return pages_.read(goes_on ? since->offset : 0, head, reader, limit, answer_with);
    const auto end = std::min(what.before.value_or(head + 1), head + 1);
    if (end <= 1)
      return answer_with({});
    pages_.read_back(end, reader, limit, answer_with);
  });
}

// -- presence -----------------------------------------------------------------

void channel_runtime::handle(const asker& who, protocol::presence& p) {
  if (!rules().presence && !who.trusted)
    return refuse_access(who, config::permission::nobody, "reading presence");
  if (!allowed(who, config::permission::members))
    return refuse_access(who, config::permission::members, "reading presence");
  std::optional<session_id> since;
  if (p.since && !(since = parse_session_id(*p.since)))
    return refuse(who, {error_code::bad_message, "since: no session is called " + *p.since});
  presence_.listed();
  const auto limit = p.limit.value_or(presence_limit);
  const auto& all = members_.all();
  auto next = since ? all.upper_bound(*since) : all.begin();
  std::vector<protocol::member_info> infos;
  std::size_t bytes = 0;
  for (; next != all.end() && infos.size() < limit; ++next) {
    const auto& [id, m] = *next;
    bytes += named_bytes(m);
    if (!infos.empty() && bytes > limits_.page_bytes)
      break;
    infos.push_back(info_of(m));
  }
  say(who, who.reply(reply_bodies::presence(infos, all.size(), next != all.end())));
}

void channel_runtime::handle(const asker& who, const tell_presence&) {
  const auto* there = members_.find(who.from);
  say(who, there && there->presence ? who.said(presence_.everybody()) : who.done());
}

} // namespace troupe::actors
