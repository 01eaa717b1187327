#include "actors/session/session.hpp"

#include "actors/session/token.hpp"
#include "actors/shard/channel_slot.hpp"
#include "actors/shard/shard.hpp"
#include "config/namespaces.hpp"
#include "protocol/names.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

using protocol::close_code;

session::session(shard& home, session_id id, transport_kind transport, std::string secret)
    : shard_(home), id_(id), transport_(transport), secret_(std::move(secret)) {}

session::~session() = default;

// -- the client says ----------------------------------------------------------

void session::handle(protocol::command what) {
  if (closed_)
    return;
  const auto& id = what.id;
  std::visit(
      [&](auto& body) {
        using body_type = std::decay_t<decltype(body)>;
        if constexpr (std::same_as<body_type, protocol::subscribe>)
          handle_subscribe(id, std::move(body));
        else if constexpr (std::same_as<body_type, protocol::unsubscribe>)
          handle_unsubscribe(id, body);
        else if constexpr (std::same_as<body_type, protocol::bare>)
          handle_bare(std::move(body));
        else if constexpr (std::same_as<body_type, protocol::ping>)
          delivery_->say(protocol::reply{id, {}});
        else if constexpr (std::same_as<body_type, protocol::authenticate>)
          refuse(id, error_code::unauthorised, "this node takes no tokens");
        else if constexpr (std::same_as<body_type, protocol::resume>)
          refuse(id, error_code::expired, "that session is gone: subscribe with since");
        else if constexpr (std::same_as<body_type, protocol::ack>)
          return; // positions are acknowledged by cursors; a stream needs none
        else if constexpr (std::same_as<body_type, protocol::answer>)
          handle_answer(id, std::move(body));
        else if constexpr (std::same_as<body_type, protocol::publish>)
          forward(id, std::move(body), shard_.rights(body.channel).publish);
        else if constexpr (std::same_as<body_type, protocol::call>)
          forward(id, std::move(body), shard_.rights(body.channel).call);
        else
          forward(id, std::move(body), shard_.rights(body.channel).history);
      },
      what.body);
}

void session::handle_subscribe(const protocol::request_id& id, protocol::subscribe what) {
  if (find(what.channel))
    return refuse(id, error_code::already_subscribed, "already subscribed to " + what.channel, what.channel);
  if (!delivery_->names_channels())
    return refuse(id, error_code::refused, "this stream does not name channels: open it with format=envelope", what.channel);
  join how;
  how.params = std::move(what.params);
  how.since = std::move(what.since);
  how.presence = what.presence;
  join_channel(what.channel, std::move(how), id);
}

void session::enter(const std::string& channel, std::optional<position> since, protocol::request_id id,
                    bool kept_position) {
  join how;
  how.since = std::move(since);
  how.kept_position = kept_position;
  join_channel(channel, std::move(how), std::move(id));
}

bool session::join_channel(const std::string& channel, join what, protocol::request_id id) {
  const auto settled_no = [&](error_code code, std::string why) {
    const protocol::error no{id, {code, std::move(why)}, channel};
    if (!answered(no))
      delivery_->say(no);
    delivery_->join_settled(&no);
    return false;
  };
  if (subscriptions_.size() >= shard_.settings().limits.channels_per_session)
    return settled_no(error_code::limit, "a session has at most " +
                                             std::to_string(shard_.settings().limits.channels_per_session) + " channels");
  if (auto wrong = protocol::channel_name_error(channel))
    return settled_no(error_code::bad_channel, std::move(*wrong));
  const auto* rights = shard_.find_rights(channel);
  if (!rights)
    return settled_no(error_code::bad_channel, "no channel may be called " + channel);
  const auto rule = what.kept_position ? rights->send : rights->subscribe;
  if (rule != config::permission::anyone && !shard_.may_read_node_events(*this, channel))
    return settled_no(error_code::refused, channel + " takes no subscriptions");
  auto* slot = shard_.slot(channel);
  if (!slot)
    return settled_no(error_code::limit, "too many channels");
  what.who = {id_, user_, transport_};
  auto& made = subscriptions_.emplace_back(std::make_unique<subscription>(*this, *slot, what.presence));
  made->asked = what;
  made->asked_by = id;
  slot->subscriptions.push_back(made.get());
  ++under_way_;
  shard_.send(*slot, {id_, false, std::move(id), std::move(what)}, true);
  return true;
}

void session::handle_unsubscribe(const protocol::request_id& id, const protocol::unsubscribe& what) {
  auto* s = find(what.channel);
  if (!s || s->leaving)
    return refuse(id, error_code::not_joined, "not subscribed to " + what.channel, what.channel);
  s->leaving = true;
  ++under_way_;
  shard_.send(s->channel(), {id_, false, id, leave{leave_reason::left}}, true);
}

bool session::dismiss(std::string_view channel) {
  auto* s = find(channel);
  if (!s || s->leaving)
    return false;
  s->leaving = true;
  ++under_way_;
  shard_.send(s->channel(), {id_, false, {}, leave{leave_reason::kicked}}, true);
  return true;
}

void session::handle_answer(const protocol::request_id& id, protocol::answer what) {
  auto route = asks_ ? asks_->take(what.ask) : std::nullopt;
  auto* s = route ? find(route->channel) : nullptr;
  if (!s)
    return refuse(id, error_code::not_found, "no such question is open");
  what.ask = route->ask;
  ++under_way_;
  if (!shard_.send(s->channel(), {id_, false, id, std::move(what)}, false))
    --under_way_;
}

void session::handle_bare(protocol::bare what) {
  const auto& name = shard_.settings().default_channel;
  if (!plain || name.empty())
    return refuse({}, error_code::bad_message, "a message is an object with an action");
  protocol::publish p;
  p.channel = name;
  p.data = std::move(what.data);
  p.echo = false;
  forward({}, std::move(p), shard_.rights(name).publish);
}

template <class Body>
void session::forward(const protocol::request_id& id, Body body, config::permission who) {
  const auto channel = body.channel;
  if (auto wrong = protocol::channel_name_error(channel))
    return refuse(id, error_code::bad_channel, std::move(*wrong));
  if (!shard_.find_rights(channel))
    return refuse(id, error_code::bad_channel, "no channel may be called " + channel, channel);
  const auto* s = find(channel);
  // The channel has the last word on membership; this keeps strangers from starting channels.
  if (!s && who != config::permission::anyone)
    return refuse(id, error_code::not_joined, "subscribe to " + channel + " first", channel);
  auto* slot = shard_.slot(channel);
  if (!slot)
    return refuse(id, error_code::limit, "too many channels", channel);
  ++under_way_;
  if (!shard_.send(*slot, {id_, false, id, std::move(body)}, false)) {
    --under_way_;
    refuse(id, error_code::busy, "too many commands wait for " + channel + ": try again", channel);
  }
}

void session::refuse(const protocol::request_id& id, error_code code, std::string why, std::string channel) {
  ++shard_.counters().errors;
  const protocol::error no{id, {code, std::move(why)}, std::move(channel)};
  if (!answered(no))
    delivery_->say(no);
}

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
  subscriptions_.clear();
  shard_.on_session_closed(*this, code, reason);
}

// -- channels say -------------------------------------------------------------

namespace {

const protocol::request_id* id_of(const protocol::server_message& m) {
  return std::visit(
      [](const auto& said) -> const protocol::request_id* {
        if constexpr (requires { said.id; })
          return &said.id;
        else
          return nullptr;
      },
      m);
}

} // namespace

void session::on_said(channel_slot& channel, protocol::server_message what) {
  if (closed_)
    return;
  const auto* error = std::get_if<protocol::error>(&what);
  if (error)
    ++shard_.counters().errors;
  auto* s = find(channel);
  const auto* id = id_of(what);
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
  if (!s || s->now() == subscription::phase::joining) // nothing of this channel is on its way that it could overtake
    return delivery_->say(what);
  queue(*s, s->on_message(std::move(what), next_number_++));
}

void session::on_joined(channel_slot& channel, joined what) {
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

void session::on_turned_away(channel_slot& channel, protocol::error what) {
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

void session::on_page(channel_slot& channel, page replay) {
  if (auto* s = closed_ ? nullptr : find(channel)) {
    s->on_page(std::move(replay));
    mark(*s);
  }
}

void session::on_left(channel_slot& channel, left what) {
  if (closed_)
    return;
  auto* s = find(channel);
  if (!s || s->has_last_word())
    return;
  if (s->now() == subscription::phase::joining) // was in, but its link could not hold the answer
    return on_turned_away(channel, {s->asked_by, {error_code::unavailable, what.what.reason}, channel.name()});
  s->leaving = true;
  if (protocol::has_id(what.what.id) && answered(what.what))
    what.what.id = {};
  queue(*s, s->on_message(std::move(what.what), next_number_++, true));
}

void session::on_completed() {
  if (under_way_ > 0)
    --under_way_;
  if (!closed_)
    delivery_->command_completed();
}

void session::on_channel_gone(channel_slot& channel, const failure& why, bool failed) {
  auto* s = closed_ ? nullptr : find(channel);
  if (!s || s->has_last_word())
    return;
  if (s->now() == subscription::phase::joining || !failed) {
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

void session::handle_for(transports::exchange_ptr by, protocol::command what) {
  const auto most = shard_.settings().limits.commands_per_connection;
  if (under_way_ >= most)
    return by->respond(transports::error_response(
        429, "limit", "at most " + std::to_string(most) + " commands of a session may be under way"));
  if (!answers_)
    answers_ = std::make_unique<http_answers>();
  const bool silent = std::holds_alternative<protocol::ack>(what.body) ||
                      std::holds_alternative<protocol::answer>(what.body);
  const auto id = answers_->expect(std::move(what.id), std::move(by));
  what.id = id;
  handle(std::move(what));
  if (silent) // nobody answers these; a refusal has been told already
    answers_->answer(protocol::reply{id, {}});
}

// -- subscriptions ask --------------------------------------------------------

void session::queue(subscription& s, std::size_t bytes) {
  control_bytes_ += bytes;
  mark(s);
  if (control_bytes_ > shard_.settings().limits.session_control_bytes) {
    shard_.announce(events::limit_passed{"limits.session_control_bytes", to_string(id_)});
    shard_.close_later(*this, leave_reason::lost, close_code::overflow, "too slow for what was said to it");
  }
}

void session::ask_page(subscription& of, offset_t since) {
  ++under_way_;
  shard_.send(of.channel(), {id_, false, {}, read_on{since}}, true);
}

void session::keep_position(subscription& of, offset_t at) {
  ++under_way_;
  shard_.send(of.channel(), {id_, false, {}, actors::keep_position{at}}, true);
}

void session::delivered(channel_slot& of, std::size_t publications) {
  of.deliveries += publications;
  shard_.counters().messages_sent += publications;
}

void session::gap_told(const subscription& where, std::uint64_t missed) {
  ++shard_.counters().gaps;
  shard_.announce(events::gap_told{where.channel().name(), id_, missed});
}

void session::overflow(const subscription& s) {
  ++shard_.counters().overflows;
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
  std::erase_if(subscriptions_, [&](const auto& held) { return held.get() == &s; });
}

// -- knowing ------------------------------------------------------------------

subscription* session::find(std::string_view channel) const {
  for (const auto& s : subscriptions_)
    if (s->channel().name() == channel)
      return s.get();
  return nullptr;
}

subscription* session::find(const channel_slot& channel) const {
  for (const auto& s : subscriptions_)
    if (&s->channel() == &channel)
      return s.get();
  return nullptr;
}

bool session::is_joining_by(const channel_slot& channel, const protocol::request_id& id) const {
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
