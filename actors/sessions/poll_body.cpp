#include "actors/sessions/poll_body.hpp"

#include "actors/sessions/channel_entry.hpp"
#include "actors/sessions/session.hpp"
#include "protocol/json_text.hpp"
#include "protocol/wire_form.hpp"

#include <algorithm>
#include <limits>

namespace troupe::actors {

namespace {

std::string_view without_comma(std::string_view list) {
  return list.ends_with(',') ? list.substr(0, list.size() - 1) : list;
}

/// Where the stream ends for one that is out.
offset_t end_for(const subscription& s) {
  const auto& said = s.messages();
  return s.has_last_word() && !said.empty() ? said.back().after : std::numeric_limits<offset_t>::max();
}

} // namespace

void poll_body::add(const protocol::server_message& m) {
  if (envelopes_) {
    protocol::get(form()).message(messages_, m);
    ++told_;
    return;
  }
  if (const auto* joined = std::get_if<protocol::subscribed>(&m)) {
    if (joined->recovered && !*joined->recovered)
      protocol::get(form()).message(gaps_, protocol::gap{joined->channel, joined->at, std::nullopt});
    return;
  }
  const bool in_order = std::holds_alternative<protocol::push>(m) || std::holds_alternative<protocol::presence_change>(m);
  auto& list = in_order ? messages_ : std::holds_alternative<protocol::gap>(m) ? gaps_ : control_;
  protocol::get(form()).message(list, m);
  ++told_;
}

/// Private messages said before entry `up_to` of the log.
void poll_body::add_said(subscription& s, poll_position& at, sequence up_to) {
  while (said_ < s.messages().size() && s.messages()[said_].anchor <= up_to)
    add_next_said(s, at);
}

/// The same in a replay, which knows offsets only: said before anything after `up_to`.
void poll_body::add_said_by(subscription& s, poll_position& at, offset_t up_to) {
  while (said_ < s.messages().size() && s.messages()[said_].after <= up_to)
    add_next_said(s, at);
}

void poll_body::add_next_said(const subscription& s, poll_position& at) {
  const auto& next = s.messages()[said_++];
  if (!next.silent && !next.is_stale(at.at))
    add(next.what);
  at.acked = next.number;
  if (next.last)
    at.at = {}; // no position of a channel it is in
}

void poll_body::tell_gap(subscription& s, poll_position& at) {
  const auto& log = s.channel().log;
  const bool same = at.at.epoch == log.epoch() && log.head_offset() >= at.at.offset;
  const auto missed = same ? std::optional<std::uint64_t>{log.head_offset() - at.at.offset} : std::nullopt;
  at.at = {log.epoch(), log.head_offset()};
  at.entry = log.head();
  s.presence_missed();
  if (missed != 0u) {
    add(protocol::gap{s.channel().name(), at.at, missed});
    s.owner().gap_told(s, missed);
  }
}

void poll_body::read(subscription& s, poll_position& at) {
  said_ = 0;
  const bool left = at.at.epoch.empty();
  if (s.now() == subscription::phase::joining || s.held() || left)
    return;
  const auto& log = s.channel().log;
  if (!log.epoch().empty() && at.at.epoch != log.epoch()) {
    tell_gap(s, at);
    return add_said(s, at, std::numeric_limits<sequence>::max());
  }
  const bool known = at.entry >= log.whole_from() && at.entry <= log.head(); // no other log has its numbers
  if (!known) {
    const auto entry = s.channel().head_known ? log.after(at.at.offset) : std::nullopt;
    at.entry = entry.value_or(0);
    if (at.entry < log.whole_from()) { // what is missing in a log may be in the store
      at.entry = 0;
      read_page(s, at);
      if (at.entry == 0)
        return;
    }
    s.presence_missed();
  }
  read_log(s, at);
}

/// What the log no longer has comes from the store, a page at a time.
void poll_body::read_page(subscription& s, poll_position& at) {
  static const subscription::kept_page none{};
  const auto* kept = s.replay_page();
  const auto& page = kept ? *kept : none;
  const bool has_more = !page.items.empty() && page.items.back()->offset > at.at.offset;
  const bool tells_gap = page.missed && page.missed->at.offset > at.at.offset;
  const bool meets_log = page.last && page.anchor >= s.channel().log.whole_from();
  if (!kept || page.since > at.at.offset || (!has_more && !tells_gap && !meets_log)) {
    if (s.is_cut())
      tell_gap(s, at);
    else
      s.ask_page(at.at.offset);
    return;
  }
  if (page.missed && page.missed->at.offset > at.at.offset) {
    add_said_by(s, at, at.at.offset);
    if (at.at.epoch.empty()) // nothing follows its last word
      return;
    auto gap = *page.missed;
    if (gap.missed) // it was read for whoever stood furthest back
      *gap.missed -= std::min(*gap.missed, at.at.offset - page.since);
    at.at = gap.at;
    add(gap);
  }
  for (const auto& p : page.items) {
    if (p->offset <= at.at.offset)
      continue;
    if (room() == 0)
      return;
    if (p->offset > end_for(s)) {
      at.entry = s.channel().log.head();
      return;
    }
    add_said_by(s, at, p->offset - 1);
    if (at.at.epoch.empty()) // nothing follows its last word
      return;
    protocol::get(form()).publication(messages_, s.channel().name(), at.at.epoch, *p);
    ++told_;
    at.at.offset = p->offset;
  }
  if (meets_log)
    at.entry = page.anchor;
}

void poll_body::read_log(subscription& s, poll_position& at) {
  auto& log = s.channel().log;
  while (at.entry < log.head()) {
    add_said(s, at, at.entry);
    if (room() == 0 || at.at.epoch.empty()) // nothing follows its last word
      return;
    const auto& said = s.messages();
    const auto end = said_ < said.size() ? std::min(said[said_].anchor, log.head()) : log.head();
    const auto run = log.read(at.entry, end, form(), s.reader(), room());
    messages_ += run.bytes.bytes;
    at.entry = run.next;
    at.at.offset = std::max(at.at.offset, log.offset_before(run.next));
    told_ += run.entries;
  }
  add_said(s, at, log.head());
}

std::string poll_body::text(const poll_cursor& next, const std::optional<protocol::resumed>& goes_on) const {
  std::string out = "{\"messages\":[";
  out += without_comma(messages_);
  if (!envelopes_) {
    out += "],\"gaps\":[";
    out += without_comma(gaps_);
  }
  if (!control_.empty()) {
    out += "],\"control\":[";
    out += without_comma(control_);
  }
  out += "],\"positions\":{";
  for (const auto& p : next.positions) {
    if (p.at.epoch.empty())
      continue;
    out += out.ends_with('{') ? "" : ",";
    protocol::append_json_string(out, p.channel);
    out += ":{\"epoch\":";
    protocol::append_json_string(out, p.at.epoch);
    out += ",\"offset\":" + std::to_string(p.at.offset) + "}";
  }
  out += "},\"cursor\":\"" + next.to_text() + "\",\"token\":\"" + next.token + "\"";
  if (goes_on) {
    out += ",\"private\":\"";
    out += goes_on->how.private_kept ? "kept" : "lost";
    out += "\",\"heard\":" + std::to_string(goes_on->how.heard);
  }
  out += '}';
  return out;
}

} // namespace troupe::actors
