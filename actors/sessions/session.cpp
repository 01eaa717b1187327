#include "actors/sessions/session.hpp"

#include "actors/sessions/channel_entry.hpp"
#include "actors/sessions/session_token.hpp"
#include "actors/sessions/shard.hpp"
#include "config/namespaces.hpp"
#include "protocol/message_id.hpp"
#include "protocol/names.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

using protocol::close_code;

session::session(shard& home, session_id id, transport_kind transport, std::string secret)
    : shard_(home), id_(id), transport_(transport), secret_(std::move(secret)) {}

session::~session() = default;

// -- ending -------------------------------------------------------------------

/// Whatever fails on the way: the shard lets go of it, and each channel hears of it that can.
void session::close(leave_reason why, close_code code, std::string_view reason) {
  if (std::exchange(closed_, true))
    return;
  for (const auto& s : subscriptions_)
    if (s->now() != subscription::phase::ended && !s->has_last_word()) // else the channel knows, or is gone
      shard_.guard(*this, [&] { shard_.send(s->channel(), {id_, false, {}, leave{why}}, true); });
  turns_.clear();
  turn_ = 0;
  if (window_)
    window_->cancel();
  if (identifying_)
    shard_.handshakes().forget(identifying_->number);
  shard_.guard(*this, [&] { delivery_->end(code, reason); });
  shard_.counters().subscriptions -= subscriptions_.size();
  subscriptions_.clear();
  shard_.on_session_closed(*this, why, code, reason);
}

// -- channels say -------------------------------------------------------------

void session::on_said(channel_entry& channel, protocol::server_message what) {
  if (closed_)
    return;
  const auto* error = std::get_if<protocol::error>(&what);
  if (error)
    shard_.counters().errors.count(error->why.code);
  auto* s = find(channel);
  const auto* id = protocol::id_of(std::as_const(what));
  if (id && protocol::has_id(*id) && answered(what))
    return;
  if (auto* goodbye = std::get_if<protocol::unsubscribed>(&what)) { // was out before it asked
    if (s && s->has_last_word())
      return s->answer_last_word(std::move(goodbye->id));
    return delivery_->say(what);
  }
  const bool reads = s && s->now() != subscription::phase::joining && !s->has_last_word() && !s->held();
  if (std::holds_alternative<protocol::presence_change>(what) && !reads)
    return; // who comes in is told then
  auto* question = std::get_if<protocol::ask>(&what);
  if (s && s->given_up() && (question || std::holds_alternative<protocol::push>(what)))
    return; // its client was told that it is not in
  if (question) {
    if (!asks_)
      asks_ = std::make_unique<ask_routes>();
    question->ask = asks_->add(channel.name(), question->ask);
  }
  const bool answers_late = s && s->has_last_word() && id && protocol::has_id(*id);
  if (answers_late) // its command was handled after the last word was said; nothing else follows that
    return delivery_->say(what);
  // Nothing of this channel is on its way that it could overtake; or it is the shard that answers for a lost channel.
  if (!s || s->now() == subscription::phase::joining || s->held())
    return delivery_->say(what);
  tell(*s, std::move(what));
}

void session::on_page(channel_entry& channel, page replay) {
  if (auto* s = closed_ ? nullptr : find(channel)) {
    s->on_page(std::move(replay));
    mark(*s);
  }
}

void session::on_left(channel_entry& channel, left what) {
  if (closed_)
    return;
  auto* s = find(channel);
  if (!s && protocol::has_id(what.what.id) && !answered(what.what)) // its link could not hold the answer to its join
    delivery_->say(what.what);
  if (!s || s->has_last_word())
    return;
  if (s->now() == subscription::phase::joining) // was in, but its link could not hold the answer
    return on_join_refused(channel, {s->join_id(), {error_code::unavailable, what.what.reason}, channel.name()});
  const bool heard = protocol::has_id(what.what.id) && answered(what.what);
  tell(*s, std::move(what.what), true, heard);
}

void session::on_completed() {
  if (under_way_ > 0)
    --under_way_;
  if (!closed_)
    delivery_->command_completed();
}

void session::on_lost_leaving(channel_entry& channel) {
  auto* s = closed_ ? nullptr : find(channel);
  if (!s || s->has_last_word())
    return;
  protocol::unsubscribed goodbye{s->take_leave_id(), channel.name(), std::string{to_string(leave_reason::left)}};
  if (s->now() != subscription::phase::joining)
    return on_left(channel, {id_, std::move(goodbye), leave_reason::left});
  on_join_refused(channel, {s->join_id(),
                           {error_code::unavailable, channel.name() + " was started anew: try again"},
                           channel.name()});
  if (protocol::has_id(goodbye.id))
    answer(goodbye);
}

void session::on_channel_gone(channel_entry& channel, const failure& why, bool failed) {
  auto* s = closed_ ? nullptr : find(channel);
  if (!s || s->has_last_word())
    return;
  protocol::unsubscribed goodbye{s->take_leave_id(), channel.name(),
                                 failed ? std::string{to_string(leave_reason::channel_failed)} : why.message};
  if (s->now() != subscription::phase::joining)
    return on_left(channel, {id_, std::move(goodbye), leave_reason::channel_failed});
  on_join_refused(channel, {s->join_id(), why, channel.name()});
  if (protocol::has_id(goodbye.id)) {
    goodbye.reason = to_string(leave_reason::left);
    answer(goodbye);
  }
}

bool session::answered(const protocol::server_message& m) { return answers_ && answers_->answer(m); }

void session::answer(const protocol::server_message& m) {
  if (!answered(m))
    delivery_->say(m);
}

void session::tell(subscription& s, protocol::server_message m, bool last, bool silent) {
  s.on_message(std::move(m), next_number_++, last, silent);
  mark(s);
}

// -- what waits for its client ------------------------------------------------

namespace {

constexpr std::size_t full_queues_max = 4;                   // at once, to a client that is connected and behind
constexpr auto taken_nothing_for = std::chrono::seconds{1};  // with a full queue

} // namespace

/// Judged once the client was offered what waits: a fast one may be told much in one turn. Its own questions cannot
/// end it: they are not read while their answers wait. One message is always allowed.
void session::deliver() {
  delivery_->deliver();
  const auto queue = shard_.settings().limits.session_control_bytes;
  const bool comes_and_goes = transport_ == transport_kind::poll || is_away_;
  const auto waits = bytes_of(waiting::told) + (comes_and_goes ? bytes_of(waiting::answer) : 0);
  if (closed_ || waits <= (comes_and_goes ? queue : queue * full_queues_max) || !delivery_->blocked())
    return;
  std::size_t messages = 0;
  for (const auto& s : subscriptions_)
    messages += s->messages().size();
  if (messages < 2)
    return;
  shard_.announce(events::limit_passed{"limits.session_control_bytes", to_string(id_), peer_});
  too_much_said();
}

void session::too_much_said() {
  shard_.close_unless_back(*this, close_code::overflow, "too slow for what was said to it");
}

void session::sweep_blocked() {
  for (const auto& s : subscriptions_)
    if (s->overrun())
      return overflow(*s);
  const auto nothing_for = delivery_->taken_nothing_for();
  if (nothing_for >= shard_.settings().heartbeat.stalled) {
    ++shard_.counters().stalled;
    shard_.announce(events::limit_passed{"heartbeat.stalled", to_string(id_), peer_});
    return too_slow("took nothing for too long");
  }
  if (nothing_for >= taken_nothing_for && bytes_of(waiting::told) > shard_.settings().limits.session_control_bytes) {
    shard_.announce(events::limit_passed{"limits.session_control_bytes", to_string(id_), peer_});
    too_much_said();
  }
}

/// Nothing but its connection holds what is too much.
void session::too_slow(std::string reason) {
  shard_.end_connection_later(*this, close_code::overflow, std::move(reason));
}

void session::overflow(const subscription& s) {
  too_slow("too slow for " + s.channel().name());
}

// -- subscriptions tell -------------------------------------------------------

void session::ask_page(subscription& of, offset_t since) {
  ++under_way_;
  shard_.send(of.channel(), {id_, false, {}, read_on{since}}, true);
}

void session::keep_position(subscription& of, offset_t at) {
  ++under_way_;
  shard_.send(of.channel(), {id_, false, {}, actors::keep_position{at}}, true);
}

void session::delivered(subscription& of, const journal::place& from, std::size_t publications, journal::kind is) {
  shard_.counters().messages_sent += publications;
  sent(of, from, static_cast<std::uint32_t>(publications), is);
}

void session::sent(const subscription& of, const journal::place& from, std::uint32_t messages, journal::kind is) {
  if (journal_)
    journal_->sent(of.number(), from, messages, is);
}

/// Where it went out is known to its subscription, which is over.
void session::told(const subscription& of, private_item what) {
  if (!journal_ || what.silent)
    return;
  if (what.last)
    journal_->note_end(of.number(), {of.channel().name(), of.at(), std::nullopt});
  journal_->said(of.number(), std::move(what));
}

void session::gap_told(const subscription& where, std::optional<std::uint64_t> missed) {
  ++shard_.counters().gaps;
  shard_.announce(events::gap_told{where.channel().name(), id_, missed, peer_});
}

// -- whose turn it is ---------------------------------------------------------

void session::mark(subscription& s) {
  if (!std::exchange(s.in_turn_, true)) {
    s.channel().readers.wake(s);
    turns_.push_back(&s);
  }
  shard_.mark(*this);
}

subscription* session::first_in_turn() const noexcept { return turn_ < turns_.size() ? turns_[turn_] : nullptr; }

void session::had_turn(subscription::progress made) {
  auto& s = *turns_[turn_++];
  if (made == subscription::progress::blocked)
    return turns_.push_back(&s);
  s.in_turn_ = false;
  if (made == subscription::progress::ended)
    any_ended_ = true;
  else if (made == subscription::progress::overrun)
    overflow(s);
  else if (s.now() == subscription::phase::live && !s.held())
    s.channel().readers.rest(s);
}

void session::end_turns() {
  turns_.erase(turns_.begin(), turns_.begin() + static_cast<std::ptrdiff_t>(std::exchange(turn_, 0)));
  if (!std::exchange(any_ended_, false))
    return;
  for (std::size_t i = subscriptions_.size(); i-- > 0;)
    if (subscriptions_[i]->now() == subscription::phase::ended)
      drop(*subscriptions_[i]);
}

void session::rest_all() {
  for (auto* s : std::exchange(turns_, {})) {
    s->in_turn_ = false;
    s->channel().readers.rest(*s);
  }
}

/// What it asked for meanwhile is carried out now, in order.
void session::drop(subscription& s) {
  if (s.in_turn_)
    std::erase(turns_, &s);
  params_bytes_ -= static_cast<std::uint32_t>(s.params_bytes());
  auto& channel = s.channel();
  const auto name = channel.name();
  auto next = s.take_put_off();
  std::erase_if(subscriptions_, [&](const auto& held) { return held.get() == &s; });
  shard_.counters().subscriptions -= 1;
  shard_.used(channel);
  for (; !next.empty() && !closed_; next.pop_front()) {
    auto& one = next.front();
    if (one.kicked) {
      dismiss(name);
      continue;
    }
    on_completed();
    handle(std::move(one.what));
  }
}

// -- knowing ------------------------------------------------------------------

subscription* session::find(std::string_view channel) const {
  for (const auto& s : subscriptions_)
    if (s->channel().name() == channel)
      return s.get();
  return nullptr;
}

subscription* session::find(const channel_entry& channel) const {
  for (const auto& s : subscriptions_)
    if (&s->channel() == &channel)
      return s.get();
  return nullptr;
}

bool session::answers(const channel_entry& channel, const protocol::request_id& id) const {
  const auto* s = find(channel);
  return s && s->answers(id);
}

const std::string& session::user() const noexcept {
  static const std::string nobody;
  return identity_ ? identity_->user : nobody;
}

member session::as_member() const {
  member who{id_, user(), transport_, said_away_};
  if (identity_)
    who.data = identity_->data;
  return who;
}

bool session::is_granted(std::string_view channel) const {
  return identity_ && std::any_of(identity_->rights.begin(), identity_->rights.end(),
                                  [&](const auto& pattern) { return config::covers(pattern, channel); });
}

bool session::is_private(std::string_view channel) const {
  return shard_.handshakes().asks() && protocol::is_inbox(channel) && channel != protocol::inbox_of(user());
}

std::string session::token() const { return make_token(id_, secret_); }

bool session::has_secret(std::string_view secret) const noexcept { return same_secret(secret_, secret); }

protocol::welcome session::greeting() const {
  const auto& set = shard_.settings();
  return {id_,
          token(),
          set.node.name,
          shard_.wall_now(),
          set.heartbeat.interval.count(),
          set.session.resume_window.count()};
}

} // namespace troupe::actors
