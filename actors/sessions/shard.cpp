#include "actors/sessions/shard.hpp"

#include "actors/sessions/pin_holders.hpp"
#include "config/namespaces.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

using protocol::close_code;

namespace {

constexpr auto slice = std::chrono::milliseconds{1}; // of writing, before handlers run again
constexpr std::uint64_t ticks_per_second = 10;
constexpr auto closing_takes = std::chrono::seconds{5}; // at most, until a connection has let go of what it held

} // namespace

shard::shard(shard_state& state, const config::settings& settings, announcer& events, node_clock clock, shard_gateway& gateway)
    : state_(state), settings_(settings), events_(events), clock_(std::move(clock)), gateway_(gateway),
      wheel_(clock_.steady()), logs_(settings.limits.node_log_bytes / state.shards, state.next_entry) {
  counters().commands_waiting.set(0); // what was under way went with the shard before this one
}

shard::~shard() { state_.next_entry = logs_.next_first(); }

// -- sessions -----------------------------------------------------------------

session_id shard::next_id() { return {0, static_cast<std::uint8_t>(state_.index), ++state_.last_id}; }

session& shard::open_session(transport_kind transport, const std::string& peer, std::string_view agent) {
  const auto id = next_id();
  auto& made = *sessions_.emplace(id, std::make_unique<session>(*this, id, transport, new_secret())).first->second;
  by_age_.emplace_hint(by_age_.end(), id, &made);
  made.set_address(address_of(peer));
  made.seen_from(peer, agent);
  made.open_since(clock_.wall());
  ++counters().sessions_opened;
  made.count_as(transport);
  announce(events::session_opened{id, transport, peer});
  return made;
}

session* shard::find_session(session_id id) {
  const auto found = sessions_.find(id);
  return found == sessions_.end() ? nullptr : found->second.get();
}

bool shard::disconnect(session_id id, std::string reason) {
  auto* s = find_session(id);
  if (s)
    close_later(*s, leave_reason::kicked, close_code::kicked, std::move(reason));
  return s != nullptr;
}

session* shard::find_inbox(const std::string& user) {
  const auto found = inboxes_.find(user);
  return found == inboxes_.end() ? nullptr : find_session(found->second);
}

void shard::keep_inbox(const std::string& user, session& s) { inboxes_[user] = s.id(); }

void shard::forget_inbox(const session& s) {
  const auto inbox = inboxes_.find(s.user());
  if (inbox != inboxes_.end() && inbox->second == s.id())
    inboxes_.erase(inbox);
}

// -- the turn -----------------------------------------------------------------

void shard::mark(session& s) {
  if (s.marked_at_ != session::nowhere || s.closed())
    return;
  s.marked_at_ = static_cast<std::uint32_t>(marked_.size());
  marked_.push_back(&s);
}

bool shard::flush() {
  flush_channels();
  const bool outlets = state_.outlets.serve(*this); // first: whom it ends, and what it marks, has its turn in this one
  const bool more = flush_sessions();
  if (!more && !unwritten_.empty())
    count_written();
  const bool asks = handshakes_.ask_queued();
  const bool ends = end_some();
  buried_.clear();
  ended_.clear();
  releases_ = releases_ && release_idle();
  flush_commands();
  if (state_.each_turn)
    state_.each_turn(*this);
  counters().encodings += logs_.encodings() - std::exchange(encodings_told_, logs_.encodings());
  return more || asks || ends || outlets || releases_ || marked_done_ < marked_.size();
}

/// All that was there to be written is with the sockets, as far as those take it.
void shard::count_written() {
  const auto now = clock_.steady();
  for (const auto caused : unwritten_)
    counters().deliveries.observe(now - caused);
  unwritten_.clear();
}

/// Those who are behind have something to write already, and are not walked over.
void shard::flush_channels() {
  for (auto* s : std::exchange(dirty_slots_, {})) {
    s->dirty = false;
    s->readers.wake_all([](subscription& reader) { reader.owner().mark(reader); });
  }
}

/// Those that are marked meanwhile have their turn next time, behind those for whom there was no time.
bool shard::flush_sessions() {
  const auto until = clock_.steady() + slice;
  const auto end = marked_.size();
  for (std::size_t n = 0; marked_done_ < end; ++n) {
    if (n % 16 == 15 && clock_.steady() >= until)
      break;
    auto* s = marked_[marked_done_++];
    if (!s)
      continue;
    s->marked_at_ = session::nowhere;
    guard(*s, [s] { s->deliver(); });
    weigh(*s);
  }
  const bool more = marked_done_ < end;
  forget_written();
  return more;
}

/// Once they are the half: in a crowd that takes many slices each is moved about once.
void shard::forget_written() {
  if (marked_done_ * 2 < marked_.size())
    return;
  marked_.erase(marked_.begin(), marked_.begin() + static_cast<std::ptrdiff_t>(std::exchange(marked_done_, 0)));
  for (std::size_t i = 0; i < marked_.size(); ++i)
    if (marked_[i])
      marked_[i]->marked_at_ = static_cast<std::uint32_t>(i);
}

void shard::tick() {
  ++ticks_;
  wheel_.advance(clock_.steady());
  releases_ = true;
  if (ticks_ % ticks_per_second == 0) {
    tell_bytes();
    tell_queues();
    sweep_blocked();
    graves_.sweep(clock_.steady());
  }
  events_.look_around();
  if (draining_)
    drain_some();
}

void shard::tell_bytes() {
  counters().log_bytes.set(logs_.bytes());
  counters().pinned_bytes.set(logs_.pinned());
  counters().detached_bytes.set(detached_.bytes());
}

/// One that is stuck stays the deepest, although nobody sends to it any more.
void shard::tell_queues() {
  counters().commands_waiting_most.set(deepest_);
  const auto* still = find_slot(deepest_slot_);
  deepest_ = still ? still->link.under_way() : 0;
}

/// Channels that nobody here needs are given back to the broker: for about a millisecond. True: more are left.
bool shard::release_idle() {
  const auto now = clock_.steady();
  for (std::size_t n = 0; !maybe_idle_.empty() && maybe_idle_.front().look_at <= now; ++n) {
    if (n % 16 == 15 && clock_.steady() >= now + slice)
      return true;
    const auto name = std::move(maybe_idle_.front().channel);
    maybe_idle_.pop_front();
    const auto found = slots_.find(name);
    if (found == slots_.end())
      continue;
    auto& s = *found->second;
    s.listed_idle = false;
    if (!s.readers.empty() || !s.link.idle())
      continue;
    if (now - s.idle_since < slot_kept_for) {
      look_whether_idle(s);
      continue;
    }
    forget(s);
    gateway_.release_channel(name);
  }
  return false;
}

void shard::watch_blocked(session& s) {
  if (!std::exchange(s.watched_, true))
    blocked_.push_back(s.id());
}

void shard::sweep_blocked() {
  std::vector<session*> behind;
  sequence lag = 0;
  for (const auto id : std::exchange(blocked_, {})) {
    auto* s = find_session(id);
    if (!s)
      continue;
    s->watched_ = s->how().blocked() && !s->is_away_ && s->transport() != transport_kind::poll;
    if (!s->watched_)
      continue;
    blocked_.push_back(id);
    behind.push_back(s);
    lag = std::max(lag, s->lag());
    guard(*s, [s] { s->sweep_blocked(); });
  }
  counters().lag_most.set(lag);
  judge_pinned(behind);
}

/// What sockets alone hold of logs that went on. Connections take a while to end, and let go only then.
void shard::judge_pinned(const std::vector<session*>& behind) {
  const auto most = settings_.limits.node_pinned_bytes / state_.shards;
  if (logs_.pinned() <= most || clock_.steady() - pinned_judged_ < closing_takes)
    return;
  pinned_judged_ = clock_.steady();
  announce(events::limit_passed{"limits.node_pinned_bytes", std::to_string(logs_.pinned())});
  pin_holders holders;
  std::vector<const transports::chunk*> chunks;
  for (auto* s : behind) {
    chunks.clear();
    s->how().add_chunks(chunks);
    holders.add(chunks, s->how().taken_nothing_for());
  }
  for (const auto who : holders.to_free(logs_.pinned() - most))
    behind[who]->too_slow("too much is kept for it");
}

// -- draining -----------------------------------------------------------------

void shard::drain(std::string reason, std::function<void()> done) {
  drained_ = std::move(done);
  if (std::exchange(draining_, true))
    return;
  drain_reason_ = std::move(reason);
  drain_began_ = clock_.steady();
  open_return_slots();
  refuse_unknown("the node is stopping");
}

/// This shard's part of all that may have left so long after the drain began: the shards take turns.
std::size_t shard::may_leave_by(std::chrono::milliseconds passed) const {
  if (settings_.drain.pace == 0)
    return left_for_drain_ + sessions_.size();
  const auto of_node = settings_.drain.pace * static_cast<std::size_t>(passed.count()) / 1000;
  return (of_node + state_.shards - 1 - state_.index) / state_.shards;
}

/// Sessions leave at the configured pace once they have everything that was said to them; after half of the deadline
/// they leave as they are.
void shard::drain_some() {
  const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.steady() - drain_began_);
  if (passed < std::chrono::milliseconds{200})
    return; // effects of the last commands are still on their way from the channels
  const bool impatient = passed > settings_.drain.deadline / 2;
  const auto allowed = may_leave_by(passed) - std::min(left_for_drain_, may_leave_by(passed));
  std::vector<session*> now;
  for (auto at = sessions_.begin(); at != sessions_.end() && now.size() < allowed; ++at) {
    auto* s = at->second.get();
    if (impatient || s->is_away_ || (s->in_turn() == 0 && s->how().queued() == 0 && s->under_way() == 0))
      now.push_back(s);
  }
  left_for_drain_ += now.size();
  for (auto* s : now) {
    send_away(*s, drain_reason_);
    guard(*s, [&] { s->close(leave_reason::drained, close_code::going_away, drain_reason_); });
  }
  if (guests_)
    guests_->close_all(close_code::going_away, drain_reason_);
  if (sessions_.empty() && (!guests_ || guests_->empty()) && drained_)
    std::exchange(drained_, nullptr)();
}

/// For all whose clients are there now, or wait to be known.
void shard::open_return_slots() {
  const auto rate = settings_.drain.return_rate; // of the node: the shards' slots overlap
  std::chrono::nanoseconds at_least{0};
  if (rate != 0)
    at_least = std::chrono::nanoseconds{std::chrono::seconds{state_.shards}} / static_cast<std::int64_t>(rate);
  const auto there = std::count_if(sessions_.begin(), sessions_.end(), [](const auto& s) { return !s.second->is_away_; });
  returns_ = {static_cast<std::size_t>(there) + handshakes_.waiting(), settings_.drain.retry_after, at_least};
}

/// They come back in slots like those who are known.
void shard::refuse_unknown(std::string why) {
  handshakes_.refuse_all({error_code::unavailable, std::move(why)},
                         [this] { return returns_.next(clock_.steady(), state_.dice); });
}

/// The last that its client hears: when to come back.
void shard::send_away(session& s, std::string_view why) {
  if (s.is_away_)
    return;
  guard(s, [&] {
    s.how().say(protocol::closing{std::string{why}, returns_.next(clock_.steady(), state_.dice).count()});
    s.deliver();
  });
}

// -- time and knowing ---------------------------------------------------------

/// Between 80 % and 100 %: a thousand clients that came at once do not beat at once.
std::chrono::milliseconds shard::jittered(std::chrono::milliseconds d) {
  std::uniform_int_distribution<std::int64_t> spread{d.count() * 8 / 10, d.count()};
  return std::chrono::milliseconds{spread(state_.dice)};
}

const config::name_space* shard::find_rights(std::string_view channel) const {
  return config::find_namespace(settings_.namespaces, channel);
}

const config::name_space& shard::rights(std::string_view channel) const {
  static const config::name_space nothing{};
  const auto* found = find_rights(channel);
  return found ? *found : nothing;
}

bool shard::may_read_node_events(const session& s, std::string_view channel) const {
  return channel.starts_with('$') && s.privileged();
}

shard_rates shard::rates() const {
  const auto events = slots_.find(std::string{node_events_channel});
  return {events != slots_.end() && !events->second->readers.empty()};
}

shard_description shard::describe() const {
  shard_description d;
  d.index = state_.index;
  for (const auto kind : session_transports)
    d.sessions[kind] = state_.counters.sessions[kind];
  d.raw = state_.counters.raw;
  d.channels = slots_.size();
  d.log_bytes = logs_.bytes();
  d.detached = state_.counters.sessions_detached;
  return d;
}

} // namespace troupe::actors
