// What the client says: commands to channels, or refused.

#include "actors/sessions/session.hpp"

#include "actors/sessions/channel_entry.hpp"
#include "actors/sessions/http_refusal.hpp"
#include "actors/sessions/shard.hpp"
#include "config/namespaces.hpp"
#include "protocol/names.hpp"

#include <utility>

namespace troupe::actors {

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
          handle_ping(id);
        else if constexpr (std::same_as<body_type, protocol::authenticate>)
          handle_authenticate(id, std::move(body));
        else if constexpr (std::same_as<body_type, protocol::resume>)
          handle_resume(id, body);
        else if constexpr (std::same_as<body_type, protocol::ack>)
          arrived(body.received);
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
  auto* there = find(what.channel);
  if (there && there->wanted())
    return refuse(id, error_code::already_subscribed, "already subscribed to " + what.channel, what.channel);
  if (there && there->given_up())
    return refuse(id, error_code::unavailable, what.channel + " has not answered the last subscribe yet: try again", what.channel);
  if (!delivery_->names_channels())
    return refuse(id, error_code::refused, "this stream does not name channels: open it with format=envelope", what.channel);
  if (there) // leaving: it comes in again after the last word
    return put_off(*there, {{id, std::move(what)}});
  join how;
  how.params = std::move(what.params);
  how.since = std::move(what.since);
  how.presence = what.presence;
  join_channel(what.channel, std::move(how), id);
}

void session::enter(const std::string& channel, std::optional<position> since, protocol::request_id id,
                    bool inbox) {
  join how;
  how.since = std::move(since);
  how.kept_position = inbox && !how.since;
  join_channel(channel, std::move(how), std::move(id), inbox);
}

void session::refuse_join(const std::string& channel, const protocol::request_id& id, failure why) {
  shard_.counters().errors.count(why.code);
  const protocol::error no{id, std::move(why), channel};
  answer(no);
  delivery_->join_settled(&no);
}

bool session::join_channel(const std::string& channel, join what, protocol::request_id id, bool inbox) {
  const auto& limits = shard_.settings().limits;
  const auto no = [&](error_code code, std::string why) {
    refuse_join(channel, id, {code, std::move(why)});
    return false;
  };
  const auto over = [&](const char* limit, std::string why) {
    shard_.announce(events::limit_passed{limit, to_string(id_), peer_});
    return no(error_code::limit, std::move(why));
  };
  if (subscriptions_.size() >= limits.channels_per_session)
    return over("limits.channels_per_session",
                "a session has at most " + std::to_string(limits.channels_per_session) + " channels");
  if (const auto most = delivery_->channels_max(); subscriptions_.size() >= most)
    return over("limits.sse_channels", "a session that polls has at most " + std::to_string(most) + " channels");
  if (params_bytes_ + what.params.size() > limits.session_params_bytes)
    return over("limits.session_params_bytes", "the params of a session's subscriptions have at most " +
                                                   std::to_string(limits.session_params_bytes) + " bytes together");
  if (auto wrong = protocol::channel_name_error(channel))
    return no(error_code::bad_channel, std::move(*wrong));
  const auto* rights = shard_.find_rights(channel);
  if (!rights)
    return no(error_code::bad_channel, "no namespace has " + channel);
  if (is_private(channel))
    return no(error_code::refused, channel + " is another user's");
  const auto rule = inbox ? rights->send : rights->subscribe;
  if (rule != config::permission::anyone && !is_granted(channel) && !shard_.may_read_node_events(*this, channel))
    return no(error_code::refused, channel + " takes no subscriptions");
  auto* slot = shard_.slot(channel, as_starter());
  if (!slot)
    return no(error_code::limit, "too many channels");
  what.who = as_member();
  if (!shard_.send(*slot, {id_, false, id, what}, false))
    return no(error_code::busy, "too many commands wait for " + channel + ": try again");
  ++under_way_;
  params_bytes_ += static_cast<std::uint32_t>(what.params.size());
  subscriptions_.emplace_back(std::make_unique<subscription>(*this, *slot, next_subscription_++, std::move(what), std::move(id)));
  ++shard_.counters().subscriptions;
  return true;
}

void session::handle_ping(const protocol::request_id& id) {
  answer(protocol::reply{id, {}});
}

void session::handle_unsubscribe(const protocol::request_id& id, const protocol::unsubscribe& what) {
  auto* s = find(what.channel);
  if (!s || !s->wanted())
    return refuse(id, error_code::not_joined, "not subscribed to " + what.channel, what.channel);
  if (s->leaving()) // and comes in again, which it no longer shall
    put_off(*s, {{id, what}});
  else
    leave_channel(*s, id, leave_reason::left);
}

bool session::dismiss(std::string_view channel) {
  auto* s = find(channel);
  if (!s || !s->wanted())
    return false;
  if (s->leaving())
    s->wait({{}, true});
  else
    leave_channel(*s, {}, leave_reason::kicked);
  return true;
}

void session::leave_channel(subscription& s, const protocol::request_id& id, leave_reason why) {
  s.leave_sent(id);
  ++under_way_;
  shard_.send(s.channel(), {id_, false, id, leave{why}}, true);
}

/// It counts as under way until then.
void session::put_off(subscription& s, subscription::put_off what) {
  ++under_way_;
  s.wait(std::move(what));
  shard_.mark(*this);
}

void session::handle_answer(const protocol::request_id& id, protocol::answer what) {
  auto route = asks_ ? asks_->take(what.ask) : std::nullopt;
  auto* s = route ? find(route->channel) : nullptr;
  if (!s)
    return refuse(id, error_code::not_found, "no such question is open");
  what.ask = route->ask;
  ++under_way_;
  if (!shard_.send(s->channel(), {id_, false, id, std::move(what)}, false)) {
    --under_way_;
    refuse(id, error_code::busy, "too many commands wait for " + s->channel().name() + ": the answer was not heard");
  }
}

void session::handle_bare(protocol::bare what) {
  const auto& name = shard_.settings().default_channel;
  if (!plain_ || name.empty())
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
  if (shard_.draining()) // what it would be answered might not reach those who have left already
    return refuse(id, error_code::unavailable, "the node is stopping", channel);
  if (auto wrong = protocol::channel_name_error(channel))
    return refuse(id, error_code::bad_channel, std::move(*wrong));
  const auto* rights = shard_.find_rights(channel);
  if (!rights)
    return refuse(id, error_code::bad_channel, "no namespace has " + channel, channel);
  constexpr bool reads = std::same_as<Body, protocol::history> || std::same_as<Body, protocol::presence>;
  if (reads && is_private(channel))
    return refuse(id, error_code::refused, channel + " is another user's", channel);
  auto* s = find(channel);
  if (s && s->has_put_off()) // after the join that waits
    return put_off(*s, {{id, std::move(body)}});
  // The channel has the last word on membership; this keeps strangers from starting channels.
  if (!s && who != config::permission::anyone)
    return refuse(id, error_code::not_joined, "subscribe to " + channel + " first", channel);
  if constexpr (!reads)
    if (auto no = too_fast_in(*rights))
      return refuse(id, std::move(*no), channel);
  auto* slot = shard_.slot(channel, as_starter());
  if (!slot)
    return refuse(id, error_code::limit, "too many channels", channel);
  ++under_way_;
  if (!shard_.send(*slot, {id_, false, id, std::move(body), user(), identity_ ? identity_->data : payload{}}, false)) {
    --under_way_;
    refuse(id, error_code::busy, "too many commands wait for " + channel + ": try again", channel);
  }
}

/// One at a time: who comes back while one is under way may say it again, and no session has look-ups without end.
void session::handle_authenticate(const protocol::request_id& id, protocol::authenticate what) {
  if (!shard_.handshakes().asks())
    return refuse(id, error_code::unauthorised, "this node takes no tokens");
  if (identifying_ && identifying_->next)
    return refuse(id, error_code::busy, "a session has one authenticate under way, and one that waits: try again");
  ++under_way_;
  if (identifying_)
    identifying_->next = {id, std::move(what)};
  else
    identify(id, std::move(what));
}

void session::identify(const protocol::request_id& id, protocol::authenticate what) {
  handshake::facts facts;
  facts.transport = transport_;
  facts.token = std::move(what.token);
  facts.user = user();
  identifying_ = std::make_unique<identification>();
  const auto then = [&home = shard_, who = id_, id](const handshakes::answer& said) {
    if (auto* s = home.find_session(who))
      home.guard(*s, [&] { s->on_identified(id, said); });
  };
  const auto number = shard_.handshakes().ask(std::move(facts), {address_, to_string(id_)}, then);
  if (number != 0) // else it is over already
    identifying_->number = number;
}

/// Who has a name keeps it: it is what channels, keys and an inbox know the session by.
void session::on_identified(const protocol::request_id& id, const handshakes::answer& said) {
  auto next = std::move(std::exchange(identifying_, nullptr)->next);
  const auto* who = std::get_if<identity_ptr>(&said);
  if (!who) {
    const auto& why = std::get<failure>(said);
    shard_.counters().errors.count(why.code);
    answer(protocol::error{id, why, {}});
  } else if (!user().empty() && user() != (*who)->user) {
    refuse(id, error_code::refused, "this session is another user's: open a new one");
  } else {
    identity_ = *who;
    weight_changed();
    answer(protocol::reply{id, {}});
  }
  if (next && !closed_)
    identify(next->first, std::move(next->second));
  on_completed();
}

void session::refuse(const protocol::request_id& id, error_code code, std::string why, std::string channel) {
  refuse(id, {code, std::move(why)}, std::move(channel));
}

void session::refuse(const protocol::request_id& id, failure why, std::string channel) {
  shard_.counters().errors.count(why.code);
  answer(protocol::error{id, std::move(why), std::move(channel)});
}

void session::handle_for(transports::exchange_ptr by, protocol::command what) {
  if (auto no = too_fast()) {
    shard_.counters().errors.count(no->code);
    return by->respond(http_refusal({what.id, std::move(*no), {}}));
  }
  const auto most = shard_.settings().limits.commands_per_connection;
  if (under_way_ >= most) {
    shard_.counters().errors.count(error_code::limit);
    shard_.announce(events::limit_passed{"limits.commands_per_connection", to_string(id_), peer_});
    return by->respond(http_refusal({what.id,
                                     {error_code::limit, "at most " + std::to_string(most) +
                                                             " commands of a session may be under way"},
                                     {}}));
  }
  if (!answers_)
    answers_ = std::make_unique<pending_http_replies>();
  const bool silent = std::holds_alternative<protocol::ack>(what.body) ||
                      std::holds_alternative<protocol::answer>(what.body);
  const auto id = answers_->expect(std::move(what.id), std::move(by));
  what.id = id;
  handle(std::move(what));
  if (silent) // nobody answers these; a refusal has been told already
    answered(protocol::reply{id, {}});
}

} // namespace troupe::actors
