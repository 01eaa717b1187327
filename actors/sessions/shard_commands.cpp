// What goes from the shard to its channels: commands, their deadlines, and who hears how they ended.

#include "actors/sessions/shard.hpp"

#include "protocol/message_id.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

namespace {

constexpr std::uint16_t no_nodes_number = 0xffff; // of requests that are no client's

} // namespace

// -- commands -----------------------------------------------------------------

channel_entry* shard::slot(const std::string& channel, const starter& by) {
  if (const auto found = slots_.find(channel); found != slots_.end()) {
    found->second->by = by;
    look_for(*found->second);
    return found->second.get();
  }
  if (slots_.size() >= settings_.limits.channels) {
    announce(events::limit_passed{"limits.channels", channel});
    return nullptr;
  }
  const auto& l = settings_.limits;
  auto made = std::make_unique<channel_entry>(
      shard_end{next_link(), settings_.limits}, channel, channel_log::bounds{l.log_entries, l.log_bytes}, logs_);
  auto* s = made.get();
  slots_.emplace(channel, std::move(made));
  numbers_.emplace(s->link.id().slot, s);
  s->by = by;
  s->idle_since = clock_.steady();
  look_whether_idle(*s);
  look_for(*s);
  return s;
}

void shard::look_for(channel_entry& s) {
  if (s.live || std::exchange(s.finding, true))
    return;
  gateway_.find_channel(s.name(), s.by);
}

channel_entry* shard::find_slot(std::uint64_t number) {
  const auto found = numbers_.find(number);
  return found == numbers_.end() ? nullptr : found->second;
}

link_id shard::next_link() { return {0, state_.incarnation, state_.index, ++state_.last_link}; }

bool shard::send(channel_entry& to, channel_command what, bool must) {
  const auto due = due_of(what);
  const bool from_nobody = what.from.node() == no_nodes_number;
  if (!to.link.send(std::move(what), must, due)) {
    ++counters().busy;
    announce(events::limit_passed{to.link.is_full() ? "limits.channel_commands" : "limits.channel_command_bytes", to.name()});
    return false;
  }
  ++counters().commands_waiting;
  to.of_nobody += from_nobody ? 1 : 0;
  if (to.link.under_way() > deepest_)
    deepest_ = to.link.under_way(), deepest_slot_ = to.link.id().slot;
  watch(to);
  list_commands(to);
  look_for(to); // one that stopped by itself: it must not wait for ever
  return true;
}

void shard::list_commands(channel_entry& s) {
  if (!std::exchange(s.has_commands, true))
    with_commands_.push_back(&s);
}

session_id shard::next_request() {
  return {no_nodes_number, static_cast<std::uint8_t>(state_.index), ++state_.last_request};
}

void shard::call(const std::string& channel, channel_command what, answer_callback then, const starter& by) {
  auto* s = slot(channel, by);
  if (!s)
    return then(protocol::error{{}, {error_code::limit, "too many channels"}, channel});
  what.from = next_request();
  what.trusted = true;
  what.id = std::int64_t{1};
  const auto from = what.from;
  callers_.emplace(from, std::move(then));
  if (!send(*s, std::move(what), false))
    answer_caller(from, protocol::error{{}, {error_code::busy, "too many commands wait for " + channel}, channel});
}

command_source* shard::find_source(session_id id) const {
  const auto found = sources_.find(id);
  return found == sources_.end() ? nullptr : found->second;
}

/// To one of no session.
void shard::answer_command(const command_under_way& c, const protocol::server_message& m) {
  if (auto* source = find_source(c.from))
    source->answered(c.id, m);
  else
    answer_caller(c.from, m);
}

void shard::answer_caller(session_id to, const protocol::server_message& m) {
  if (auto* source = find_source(to)) {
    const auto* id = protocol::id_of(m);
    return source->answered(id ? *id : protocol::request_id{}, m);
  }
  const auto found = callers_.find(to);
  if (found == callers_.end())
    return;
  auto then = std::move(found->second);
  callers_.erase(found);
  try {
    then(m);
  } catch (const std::exception& e) { // of a endpoint: it must not take the shard along
    announce(events::handler_failed{"api", "answer", e.what()});
  }
}

void shard::used(channel_entry& s) {
  s.idle_since = clock_.steady();
  if (s.readers.empty() && s.link.idle())
    look_whether_idle(s);
}

void shard::look_whether_idle(channel_entry& s) {
  if (!std::exchange(s.listed_idle, true))
    maybe_idle_.push_back({s.name(), s.idle_since + slot_kept_for});
}

void shard::flush_commands() {
  for (auto* s : std::exchange(with_commands_, {})) {
    s->has_commands = false;
    if (s->live) // else they go once it is found
      flush(*s);
  }
}

void shard::flush(channel_entry& s) {
  if (auto batch = s.link.take_batch()) {
    batch->sent = clock_.steady();
    gateway_.send(s.handle, std::move(batch));
  }
}

void shard::complete(channel_entry& s, const command_under_way& done) {
  --counters().commands_waiting;
  const bool from_nobody = done.from.node() == no_nodes_number;
  s.of_nobody -= from_nobody ? 1 : 0;
  if (auto* source = from_nobody ? find_source(done.from) : nullptr)
    source->completed(s.name(), done.id);
  else if (auto* who = find_session(done.from))
    guard(*who, [who] { who->on_completed(); });
  else
    answer_caller(done.from, protocol::error{{}, {error_code::busy, "the answer was lost: try again"}, s.name()});
  if (s.link.idle() && s.readers.empty())
    used(s);
}

// -- of lost links ------------------------------------------------------------

void shard::fail_commands(channel_entry& s, std::vector<command_under_way> lost, const failure& why) {
  for (auto& c : lost) {
    const protocol::error no{c.id, why, s.name()};
    auto* who = find_session(c.from);
    if (!who) {
      if (!c.answered && !c.timed_out)
        answer_command(c, no);
      if (auto* source = find_source(c.from))
        source->completed(s.name(), c.id);
    } else
      guard(*who, [&] {
        if (protocol::has_id(c.id) && !c.answered && !c.timed_out)
          who->on_said(s, no);
        who->on_completed();
      });
  }
  tell_room(s);
}

void shard::tell_room(channel_entry& s) {
  for (const auto id : std::exchange(s.short_of_room, {}))
    if (auto* source = find_source(id))
      source->has_room(s.name());
}

} // namespace troupe::actors
