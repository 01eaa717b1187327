#include "actors/channels/channel_runtime.hpp"

namespace troupe::actors {

// -- dispatching --------------------------------------------------------------

void channel_runtime::handle(const channel_end_ptr& via, command_number number, channel_command& command) {
  const asker who{via, command.from, std::move(command.id), command.trusted, number};
  std::visit(
      [&](auto& body) {
        if (phase_ != phase::live)
          return turn_down(who, body);
        handled_ = true;
        handle(who, body);
      },
      command.body);
}

/// The channel is at its end, and serves nobody any more.
template <class Body>
void channel_runtime::turn_down(const asker& who, const Body& what) {
  failure why{error_code::unavailable, parts_.name + " has ended: try again"};
  if constexpr (std::same_as<Body, join>) {
    who.via->say(join_refused_item(who, std::move(why)));
  } else if constexpr (std::same_as<Body, leave>) {
    say_goodbye(who, what);
  } else if constexpr (std::same_as<Body, read_on> || std::same_as<Body, keep_position> ||
                       std::same_as<Body, protocol::answer>) {
    done(who); // nobody waits for an answer
  } else {
    refuse(who, std::move(why));
  }
}

// -- answering ----------------------------------------------------------------

void channel_runtime::done(const asker& who) {
  who.via->say({std::nullopt, who.from, who.number});
  wake();
}

void channel_runtime::reply(const asker& who, payload data) {
  who.via->say(reply_item(who, std::move(data)));
  wake();
}

void channel_runtime::refuse(const asker& who, failure why) {
  who.via->say(error_item(who, std::move(why)));
  wake();
}

/// Who gave no id hears of errors only.
outbound_item channel_runtime::reply_item(const asker& who, payload data) const {
  if (!protocol::has_id(who.id))
    return {std::nullopt, who.from, who.number};
  return {said{who.from, protocol::reply{who.id, std::move(data)}, who.number}, who.from, who.number};
}

outbound_item channel_runtime::error_item(const asker& who, failure why) const {
  return {said{who.from, protocol::error{who.id, std::move(why), parts_.name}, who.number}, who.from, who.number};
}

void channel_runtime::answer(const asker& who, const hook& handler, call_table::continuation then) {
  // A promise may be settled outside a turn: by a callback that the object gave to CAF itself.
  const auto then_wake = [this, then, alive = std::weak_ptr{alive_}](call_table::result what) {
    if (alive.expired())
      return;
    then(std::move(what));
    wake();
  };
  answering now_answering{who.from, clock() + handler.timeout, then_wake, 0, {}};
  answering_ = &now_answering;
  std::optional<outcome> decided;
  auto wrong = object_.run(
      handler.name, [&](troupe::channel& object) { decided = handler.run(object); }, handler.reads_payload);
  answering_ = nullptr;
  const auto ticket = now_answering.ticket;
  if (!wrong && decided->is_later() && ticket != 0)
    return;
  if (!wrong && decided->is_later())
    wrong = failure{error_code::internal, "the channel promised an answer that nobody owes"};
  call_table::result result;
  if (wrong)
    result = *std::move(wrong);
  else if (const auto* why = decided->why_not())
    result = *why;
  else
    result = *decided->data();
  if (ticket == 0)
    then(std::move(result));
  else
    calls_->settle(ticket, std::move(result)); // unless its promise was kept before
}

// -- who may ------------------------------------------------------------------

bool channel_runtime::allowed(const asker& who, config::permission rule) const {
  return who.trusted || rule == config::permission::anyone ||
         (rule == config::permission::members && members_.find(who.from));
}

void channel_runtime::refuse_access(const asker& who, config::permission rule, std::string_view what) {
  if (rule == config::permission::nobody)
    return refuse(who, {error_code::refused, std::string{what} + " is not allowed in " + parts_.name});
  refuse(who, {error_code::not_joined, "subscribe to " + parts_.name + " first"});
}

bool channel_runtime::over_call_limit(const asker& who) {
  if (calls_->waiting(who.from) < limits_.calls_per_session)
    return false;
  parts_.events.announce(events::limit_passed{"limits.calls_per_session", to_string(who.from)});
  refuse(who, {error_code::limit, "at most " + std::to_string(limits_.calls_per_session) +
                                      " commands of a session wait for an answer"});
  return true;
}

member channel_runtime::known(const asker& who) const {
  if (const auto* there = members_.find(who.from))
    return there->who;
  return {who.trusted ? session_id{} : who.from, {}, transport_kind::websocket};
}

// -- calls --------------------------------------------------------------------

void channel_runtime::handle(const asker& who, protocol::call& c) {
  if (!allowed(who, parts_.name_space.call))
    return refuse_access(who, parts_.name_space.call, "calling");
  if (over_call_limit(who))
    return;
  const auto timeout = call_timeout(c, parts_.settings.channels.call_timeout);
  const auto caller = known(who);
  const auto* handler = object_.alive() ? object_.object().handler_of(c.event) : nullptr;
  if (object_.alive() && !handler)
    return refuse(who, {error_code::unknown_event, parts_.name + " takes no calls of " + c.event});
  answer(who, {c.event, timeout, [&](troupe::channel&) { return handler->run(caller, c.data); }, handler && handler->reads_payload},
         [this, who](call_table::result result) {
           if (auto* why = std::get_if<failure>(&result))
             refuse(who, std::move(*why));
           else
             reply(who, std::get<payload>(std::move(result)));
         });
}

void channel_runtime::handle(const asker& who, protocol::answer& a) {
  if (const auto* there = members_.find(who.from))
    run_questions(asks_.answer(a.ask, there->who, std::move(a.data)));
  done(who);
}

/// What was written to a reader without cursor stays written: it only moves on.
void channel_runtime::handle(const asker& who, keep_position& k) {
  const bool moves = k.at > partition_->kept_position() && k.at <= appends_.head();
  if (moves && members_.find(who.from))
    partition_->keep_position(k.at);
  done(who);
}

} // namespace troupe::actors
