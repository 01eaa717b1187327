#include "actors/channels/channel_runtime.hpp"

namespace troupe::actors {

// -- dispatching --------------------------------------------------------------

void channel_runtime::handle(const channel_end_ptr& via, command_number number, channel_command& command) {
  const asker who{via,    command.from,            std::move(command.id),  command.trusted,
                  number, std::move(command.user), std::move(command.data)};
  std::visit(
      [&](auto& body) {
        if (phase_ != phase::live)
          return turn_down(who, body);
        snapshots_.touched();
        handle(who, body);
      },
      command.body);
}

/// The channel is at its end, and serves nobody any more.
template <class Body>
void channel_runtime::turn_down(const asker& who, const Body& what) {
  failure why{error_code::unavailable, parts_.name + " has ended: try again"};
  if constexpr (std::same_as<Body, join>) {
    say(who, who.join_refused(std::move(why), parts_.name));
  } else if constexpr (std::same_as<Body, leave>) {
    say_goodbye(who, what);
  } else if constexpr (std::same_as<Body, whereabouts> || std::same_as<Body, tell_presence> ||
                       std::same_as<Body, read_on> || std::same_as<Body, keep_position> ||
                       std::same_as<Body, protocol::answer>) {
    say(who, who.done()); // nobody waits for an answer
  } else {
    refuse(who, std::move(why));
  }
}

/// Also outside of a turn: answers may be given by callbacks that the object gave to CAF itself.
void channel_runtime::say(const asker& who, outbound_item item) {
  who.via->say(std::move(item));
  turns_.wake();
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
  if (answers_.waiting(who.from) < limits_.calls_per_session)
    return false;
  parts_.events.announce(events::limit_passed{"limits.calls_per_session", to_string(who.from)});
  refuse(who, {error_code::limit, "at most " + std::to_string(limits_.calls_per_session) +
                                      " commands of a session wait for an answer"});
  return true;
}

member channel_runtime::known(const asker& who) const {
  if (const auto* there = members_.find(who.from))
    return there->who;
  return {who.trusted ? session_id{} : who.from, who.user, transport_kind::websocket, false, who.user_data};
}

// -- calls --------------------------------------------------------------------

void channel_runtime::handle(const asker& who, protocol::call& c) {
  if (!allowed(who, rules().call))
    return refuse_access(who, rules().call, "calling");
  if (over_call_limit(who))
    return;
  if (const auto key = key_of(who, std::move(c.key), c.event))
    return call_with_key(who, c, key);
  const auto* handler = handler_of(who, c);
  if (!handler)
    return;
  const auto caller = known(who);
  answers_.ask(
      who.from, {c.event, call_timeout(c, parts_.settings.channels.call_timeout), handler->reads_payload},
      [&](troupe::channel&) { return handler->run(caller, c.data); },
      [&](answers::result what) { answer(who, std::move(what)); },
      [&] { return [this, who](answers::result what) { answer(who, std::move(what)); }; });
}

/// What was answered is answered again; what is under way is waited for; else the object hears it, on nobody's account:
/// whoever leaves, its answer stays.
void channel_runtime::call_with_key(const asker& who, const protocol::call& c, const append_key& key) {
  const auto timeout = call_timeout(c, parts_.settings.channels.call_timeout);
  const auto wait = [&] {
    keyed_calls_.wait(key, who.from, timeout, [this, who] {
      return [this, who, slot = who.via->reserve()](answers::result what) {
        slot->settle(answer_to(who, std::move(what)));
        turns_.wake();
      };
    });
  };
  if (auto before = keyed_calls_.answered(key))
    return answer(who, *std::move(before));
  if (keyed_calls_.under_way(key))
    return wait();
  const auto* handler = handler_of(who, c);
  if (!handler)
    return;
  if (const auto* limit = keyed_calls_.limit_passed(key)) {
    parts_.events.announce(events::limit_passed{limit, to_string(who.from)});
    return refuse(who, {error_code::busy, "too many calls with a key are under way: try again"});
  }
  keyed_calls_.begin(key);
  const auto caller = known(who);
  answers_.ask(
      {}, {c.event, keyed_calls_.time_of(timeout), handler->reads_payload},
      [&](troupe::channel&) { return handler->run(caller, c.data); },
      [&](const answers::result& what) {
        wait(); // until it is kept
        keyed_calls_.end(key, what);
      },
      [&] {
        wait();
        return [this, key](const answers::result& what) { keyed_calls_.end(key, what); };
      });
}

/// Null: there is none, and `who` is told.
const troupe::channel::call_handler* channel_runtime::handler_of(const asker& who, const protocol::call& c) {
  const auto* handler = object_.alive() ? object_.object().handler_of(c.event) : nullptr;
  if (!object_.alive())
    refuse(who, {error_code::unavailable, "the channel has failed"});
  else if (!handler)
    refuse(who, {error_code::unknown_event, parts_.name + " takes no calls of " + c.event});
  return handler;
}

void channel_runtime::answer(const asker& who, answers::result what) { say(who, answer_to(who, std::move(what))); }

outbound_item channel_runtime::answer_to(const asker& who, answers::result what) const {
  if (auto* why = std::get_if<failure>(&what))
    return who.error(std::move(*why), parts_.name);
  return who.reply(std::get<payload>(std::move(what)));
}

void channel_runtime::handle(const asker& who, protocol::answer& a) {
  if (const auto* there = members_.find(who.from))
    run_questions(asks_.answer(a.ask, there->who, std::move(a.data)));
  say(who, who.done());
}

/// What was written to a reader without cursor stays written: it only moves on.
void channel_runtime::handle(const asker& who, keep_position& k) {
  const bool moves = k.at > partition_->kept_position() && k.at <= stream_.head();
  if (moves && members_.find(who.from))
    partition_->keep_position(k.at);
  say(who, who.done());
}

} // namespace troupe::actors
