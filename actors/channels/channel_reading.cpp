#include "actors/channels/channel_runtime.hpp"
#include "actors/channels/reply_bodies.hpp"

#include <algorithm>

namespace troupe::actors {

namespace {

constexpr std::size_t history_limit = 100;  // of a request that names none
constexpr std::size_t presence_limit = 1000;
constexpr std::size_t read_at_least = 64;   // what is not for the reader costs no round of its own
constexpr std::size_t member_bytes = 48;    // of one in a presence page, beside its user

} // namespace

// -- pages --------------------------------------------------------------------

void channel_runtime::read_visible(offset_t since, offset_t head, session_id reader, std::size_t items_max,
                                   visible_reader then) {
  if (since >= head)
    return then({});
  const auto take = [=, this](tl::expected<history_page, failure> got) {
    visible_page found;
    if (!got) {
      found.lost_up_to = head;
      found.why_not = got.error();
      return then(std::move(found));
    }
    if (got->lost)
      found.lost_up_to = got->items.empty() ? head : std::min(head, got->items.front()->offset - 1);
    auto at = since;
    bool full = false;
    const bool past_head = !got->items.empty() && got->items.back()->offset > head;
    for (auto& p : got->items) {
      full = p->offset <= head && found.items.size() == items_max;
      if (full || p->offset > head)
        break;
      at = p->offset;
      if (p->is_for(reader))
        found.items.push_back(std::move(p));
    }
    found.last = !full && (!got->more || at >= head || past_head);
    if (found.last || !found.items.empty())
      return then(std::move(found));
    // Nothing of it was for this reader: put off, so that a long history does not nest.
    defer([this, at, head, reader, items_max, lost = found.lost_up_to, then] {
      read_visible(at, head, reader, items_max, [lost, then](visible_page rest) {
        if (!rest.lost_up_to)
          rest.lost_up_to = lost;
        then(std::move(rest));
      });
    });
  };
  partition_->read(since, std::max(items_max, read_at_least), limits_.page_bytes, in_turn(take));
}

void channel_runtime::read_visible_back(offset_t end, session_id reader, std::size_t items_max, visible_reader then) {
  const auto take = [=, this](tl::expected<history_page, failure> got) {
    visible_page found;
    if (!got) {
      found.why_not = got.error();
      return then(std::move(found));
    }
    bool full = false;
    for (auto p = got->items.rbegin(); p != got->items.rend() && !full; ++p) {
      full = found.items.size() == items_max;
      if (!full && (*p)->is_for(reader))
        found.items.push_back(*p);
    }
    found.last = !full && !got->more;
    std::reverse(found.items.begin(), found.items.end());
    if (found.last || !found.items.empty() || got->items.empty())
      return then(std::move(found));
    defer([this, before = got->items.front()->offset, reader, items_max, then] {
      read_visible_back(before, reader, items_max, then);
    });
  };
  partition_->read_back(end, std::max(items_max, read_at_least), limits_.page_bytes, in_turn(take));
}

page channel_runtime::replay_of(visible_page found, offset_t since) const {
  page replay;
  replay.items = std::move(found.items);
  replay.last = found.last;
  if (found.lost_up_to)
    replay.missed = protocol::gap{parts_.name, {epoch_, *found.lost_up_to}, *found.lost_up_to - since};
  return replay;
}

/// Asked by shards only, for who was let in: also one that has left since reads what was said before its last word.
void channel_runtime::handle(const asker& who, read_on& r) {
  const auto slot = who.via->reserve();
  appends_.at(appends_.now(), [this, who, slot, since = r.since](offset_t head) {
    read_visible(since, head, who.from, limits_.log_entries, [this, who, slot, since](visible_page found) {
      slot->settle({read_page{who.from, replay_of(std::move(found), since)}, who.from, who.number});
    });
  });
}

// -- history ------------------------------------------------------------------

void channel_runtime::handle(const asker& who, protocol::history& h) {
  if (!allowed(who, parts_.name_space.history))
    return refuse_access(who, parts_.name_space.history, "reading history");
  const auto slot = who.via->reserve();
  appends_.at(appends_.now(), [this, who, slot, what = std::move(h)](offset_t head) {
    const auto& since = what.since;
    const bool goes_on = since && since->epoch == epoch_ && since->offset <= head;
    const auto answer_with = [this, who, slot, head, goes_on, from_position = since.has_value()](visible_page found) {
      if (found.why_not)
        return slot->settle(error_item(who, *std::move(found.why_not)));
      const auto recovered = from_position ? std::optional{goes_on && !found.lost_up_to} : std::nullopt;
      slot->settle(reply_item(who, reply_bodies::history(parts_.name, found.items, {epoch_, head}, recovered, !found.last)));
    };
    const auto limit = std::max<std::size_t>(what.limit.value_or(history_limit), 1);
    if (since) // what cannot be gone on from: all there is, and the reply says so
      return read_visible(goes_on ? since->offset : 0, head, who.from, limit, answer_with);
    const auto end = std::min(what.before.value_or(head + 1), head + 1);
    if (end <= 1)
      return answer_with({});
    read_visible_back(end, who.from, limit, answer_with);
  });
}

// -- presence -----------------------------------------------------------------

void channel_runtime::handle(const asker& who, protocol::presence& p) {
  if (!parts_.name_space.presence && !who.trusted)
    return refuse_access(who, config::permission::nobody, "reading presence");
  if (!allowed(who, config::permission::members))
    return refuse_access(who, config::permission::members, "reading presence");
  std::optional<session_id> since;
  if (p.since && !(since = parse_session_id(*p.since)))
    return refuse(who, {error_code::bad_message, "since: no session is called " + *p.since});
  const auto limit = std::max<std::size_t>(p.limit.value_or(presence_limit), 1);
  const auto& all = members_.all();
  auto next = since ? all.upper_bound(*since) : all.begin();
  std::vector<protocol::member_info> infos;
  std::size_t bytes = 0;
  for (; next != all.end() && infos.size() < limit; ++next) {
    const auto& m = next->second.who;
    bytes += member_bytes + m.user.size();
    if (!infos.empty() && bytes > limits_.page_bytes)
      break;
    infos.push_back({m.id, m.user, {}});
  }
  reply(who, reply_bodies::presence(infos, next != all.end()));
}

} // namespace troupe::actors
