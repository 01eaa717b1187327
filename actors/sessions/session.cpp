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

void session::close(leave_reason why, close_code code, std::string_view reason) {
  if (std::exchange(closed_, true))
    return;
  for (const auto& s : subscriptions_) {
    auto& of = s->channel();
    std::erase(of.subscriptions, s.get());
    if (s->now() != subscription::phase::ended)
      shard_.send(of, {id_, false, {}, leave{why}}, true);
  }
  dirty_subscriptions.clear();
  delivery_->end(code, reason);
  shard_.counters().subscriptions -= subscriptions_.size();
  subscriptions_.clear();
  shard_.on_session_closed(*this, code, reason);
}

// -- channels say -------------------------------------------------------------

void session::on_said(channel_entry& channel, protocol::server_message what) {
  if (closed_)
    return;
  const auto* error = std::get_if<protocol::error>(&what);
  if (error)
    ++shard_.counters().errors;
  auto* s = find(channel);
  const auto* id = protocol::id_of(std::as_const(what));
  if (id && protocol::has_id(*id) && answered(what))
    return;
  if (auto* goodbye = std::get_if<protocol::unsubscribed>(&what)) { // was out before it asked
    if (s && s->has_last_word())
      return s->answer_last_word(std::move(goodbye->id));
    return delivery_->say(what);
  }
  if (auto* question = std::get_if<protocol::ask>(&what)) {
    if (!asks_)
      asks_ = std::make_unique<ask_routes>();
    question->ask = asks_->add(channel.name(), question->ask);
  }
  const bool answers_late = s && s->has_last_word() && id && protocol::has_id(*id);
  if (answers_late) // its command was handled after the last word was said; nothing else follows that
    return delivery_->say(what);
  if (!s || s->now() == subscription::phase::joining) // nothing of this channel is on its way that it could overtake
    return delivery_->say(what);
  queue(*s, s->on_message(std::move(what), next_number_++));
}

void session::on_joined(channel_entry& channel, joined what) {
  if (closed_)
    return;
  auto* s = find(channel);
  if (!s)
    return;
  if (what.again) {
    s->on_rejoined(std::move(what.replay), what.what, next_number_++);
    mark(*s);
    return;
  }
  s->on_joined(std::move(what.replay), what.what.at);
  if (!(protocol::has_id(what.what.id) && answered(what.what)))
    queue(*s, s->on_subscribed(std::move(what.what), next_number_++));
  mark(*s);
  delivery_->join_settled(nullptr);
}

void session::on_join_refused(channel_entry& channel, protocol::error what) {
  auto* s = closed_ ? nullptr : find(channel);
  if (!s)
    return;
  if (s->now() != subscription::phase::joining) { // was in, and the channel that was started anew does not take it
    s->leaving = true;
    return queue(*s, s->on_message(protocol::unsubscribed{{}, channel.name(), what.why.message}, next_number_++, true));
  }
  ++shard_.counters().errors;
  if (!answered(what))
    delivery_->say(what);
  drop(*s);
  delivery_->join_settled(&what);
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
  if (!s || s->has_last_word())
    return;
  if (s->now() == subscription::phase::joining) // was in, but its link could not hold the answer
    return on_join_refused(channel, {s->asked_by, {error_code::unavailable, what.what.reason}, channel.name()});
  s->leaving = true;
  const bool heard = protocol::has_id(what.what.id) && answered(what.what);
  queue(*s, s->on_message(std::move(what.what), next_number_++, true, heard));
}

void session::on_completed() {
  if (under_way_ > 0)
    --under_way_;
  if (!closed_)
    delivery_->command_completed();
}

void session::on_channel_gone(channel_entry& channel, const failure& why, bool failed) {
  auto* s = closed_ ? nullptr : find(channel);
  if (!s || s->has_last_word())
    return;
  if (s->now() == subscription::phase::joining || !failed) {
    ++shard_.counters().errors;
    const protocol::error no{s->asked_by, why, channel.name()};
    if (!answered(no))
      delivery_->say(no);
    drop(*s);
    delivery_->join_settled(&no);
    return;
  }
  s->leaving = true;
  queue(*s, s->on_message(protocol::unsubscribed{{}, channel.name(), std::string{to_string(leave_reason::channel_failed)}},
                          next_number_++, true));
}

bool session::answered(const protocol::server_message& m) { return answers_ && answers_->answer(m); }

// -- subscriptions ask --------------------------------------------------------

void session::queue(subscription& s, std::size_t bytes) {
  control_bytes_ += bytes;
  mark(s);
}

/// Judged once the client was offered what waits: a fast one may be told much in one turn. One message is always allowed.
void session::deliver() {
  delivery_->deliver();
  if (closed_ || control_bytes_ <= shard_.settings().limits.session_control_bytes || !delivery_->blocked())
    return;
  std::size_t waiting = 0;
  for (const auto& s : subscriptions_)
    waiting += s->messages().size();
  if (waiting < 2)
    return;
  shard_.announce(events::limit_passed{"limits.session_control_bytes", to_string(id_)});
  shard_.close_later(*this, leave_reason::lost, close_code::overflow, "too slow for what was said to it");
}

void session::ask_page(subscription& of, offset_t since) {
  ++under_way_;
  shard_.send(of.channel(), {id_, false, {}, read_on{since}}, true);
}

void session::keep_position(subscription& of, offset_t at) {
  ++under_way_;
  shard_.send(of.channel(), {id_, false, {}, actors::keep_position{at}}, true);
}

void session::delivered(channel_entry& of, std::size_t publications) {
  of.deliveries += publications;
  shard_.counters().messages_sent += publications;
}

void session::gap_told(const subscription& where, std::uint64_t missed) {
  ++shard_.counters().gaps;
  shard_.announce(events::gap_told{where.channel().name(), id_, missed});
}

void session::overflow(const subscription& s) {
  shard_.close_later(*this, leave_reason::lost, close_code::overflow, "too slow for " + s.channel().name());
}

void session::sweep_blocked() {
  for (const auto& s : subscriptions_)
    if (s->overrun())
      return overflow(*s);
}

void session::mark(subscription& s) {
  if (!std::exchange(s.dirty, true))
    dirty_subscriptions.push_back(&s);
  shard_.mark(*this);
}

void session::drop_ended() {
  for (std::size_t i = subscriptions_.size(); i-- > 0;)
    if (subscriptions_[i]->now() == subscription::phase::ended)
      drop(*subscriptions_[i]);
}

void session::drop(subscription& s) {
  for (const auto& m : s.messages())
    control_bytes_ -= m.bytes;
  std::erase(dirty_subscriptions, &s);
  std::erase(s.channel().subscriptions, &s);
  shard_.used(s.channel());
  params_bytes_ -= s.asked.params.size();
  const auto channel = s.channel().name();
  const auto next = std::move(s.pending_resubscribe);
  std::erase_if(subscriptions_, [&](const auto& held) { return held.get() == &s; });
  shard_.counters().subscriptions -= 1;
  if (next && !closed_)
    join_channel(channel, std::move(next->how), std::move(next->id));
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

bool session::is_joining_by(const channel_entry& channel, const protocol::request_id& id) const {
  const auto* s = find(channel);
  return s && s->now() == subscription::phase::joining && s->asked_by == id;
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
