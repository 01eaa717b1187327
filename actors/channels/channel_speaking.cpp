// What the application's object says and asks: channel_runtime's side of channel::context.

#include "actors/channels/channel_joins.hpp"
#include "actors/channels/channel_runtime.hpp"
#include "protocol/names.hpp"

#include <limits>
#include <stdexcept>

namespace troupe::actors {

namespace {

/// The object's own events obey the same grammar as its clients'.
void check_event(const std::string& event) {
  if (const auto wrong = protocol::event_name_error(event))
    throw std::invalid_argument(*wrong);
  if (protocol::is_reserved_event(event))
    throw std::invalid_argument("the event name " + event + " is reserved");
}

} // namespace

// -- speaking -----------------------------------------------------------------

void channel_runtime::broadcast(std::string called, payload data, delivery to) {
  check_event(called);
  if (to.except.size() > limits_.except_sessions)
    throw std::invalid_argument("a broadcast excepts at most " + std::to_string(limits_.except_sessions) + " sessions");
  publication p{0, now(), std::move(called), std::move(data), {}, std::move(to.except)};
  if (to.ephemeral)
    say_ephemeral(std::move(p));
  else
    keep(std::move(p), {}, nullptr, nullptr);
  wake();
}

void channel_runtime::push(session_id to, std::string called, payload data) {
  check_event(called);
  outbound_item item{said{to, protocol::push{parts_.name, std::move(called), std::move(data), now()}}, to, 0};
  if (const auto* there = members_.find(to))
    there->via->say(std::move(item));
  else if (entering_ && entering_->who.from == to)
    entering_->who.via->say(std::move(item));
  else if (const auto joining = joining_.find(to); joining != joining_.end())
    joining->second->early.push_back(std::move(item));
  else
    ++ignored_pushes_;
  wake();
}

void channel_runtime::ask(std::span<const session_id> whom, std::string called, payload data, ask_options options,
                          std::function<void(const std::vector<ask_answer>&)> then) {
  check_event(called);
  if (asks_.size() >= limits_.asks_per_channel)
    throw std::length_error("a channel has at most " + std::to_string(limits_.asks_per_channel) + " questions open");
  if (whom.size() > limits_.members_per_ask)
    throw std::length_error("a question goes to at most " + std::to_string(limits_.members_per_ask) + " members");
  asks::question q;
  for (const auto id : whom)
    if (members_.find(id))
      q.waiting_for.insert(id);
  q.deadline = clock() + options.deadline;
  q.quorum = options.quorum == 0 ? q.waiting_for.size() : std::min(options.quorum, q.waiting_for.size());
  q.then = std::move(then);
  if (q.waiting_for.empty()) {
    std::vector<asks::question> over;
    over.push_back(std::move(q));
    return run_questions(std::move(over));
  }
  const auto asked = q.waiting_for;
  const auto number = asks_.open(std::move(q));
  for (const auto id : asked)
    members_.find(id)->via->say(
        {said{id, protocol::ask{number, parts_.name, called, data, options.deadline.count()}}, id, 0});
  wake();
}

void channel_runtime::run_questions(std::vector<asks::question> over) {
  for (auto& q : over)
    defer_for_object([this, then = std::move(q.then), answers = std::move(q.answers)] {
      run_object(
          "ask", [&](troupe::channel&) { then(answers); }, true);
    });
}

void channel_runtime::kick(session_id who, std::string reason) {
  if (members_.find(who))
    remove_member(who, leave_reason::kicked, last_word(std::move(reason)));
  else if (joining_.contains(who))
    calls_->settle_all(who, failure{error_code::refused, std::move(reason)});
  wake();
}

promise channel_runtime::promise_answer() {
  if (!answering_)
    throw std::logic_error("promise_answer: no call, join or publish is being handled");
  auto& now_answering = *answering_;
  if (auto sink = now_answering.sink.lock())
    return promise{std::move(sink)};
  if (now_answering.ticket == 0)
    now_answering.ticket = calls_->open(now_answering.caller, now_answering.deadline, now_answering.then);
  auto sink = std::make_shared<promise_sink>(calls_, now_answering.ticket);
  now_answering.sink = sink;
  return promise{std::move(sink)};
}

// -- knowing ------------------------------------------------------------------

const member* channel_runtime::find_member(session_id id) const {
  const auto* there = members_.find(id);
  return there ? &there->who : nullptr;
}

/// What the store hands out within the call; a store that answers later has nothing to give here.
std::vector<publication_ptr> channel_runtime::history(std::size_t limit) const {
  if (limit == 0)
    return {};
  const auto found = std::make_shared<std::vector<publication_ptr>>();
  partition_->read_back(0, limit, std::numeric_limits<std::size_t>::max(),
                        [found](tl::expected<history_page, failure> got) {
                          if (got)
                            *found = std::move(got->items);
                        });
  return std::move(*found);
}

std::int64_t channel_runtime::now() const {
  using std::chrono::milliseconds;
  return std::chrono::duration_cast<milliseconds>(parts_.clock.system().time_since_epoch()).count();
}

bool channel_runtime::may_publish(const member& who) const {
  const auto rule = parts_.name_space.publish;
  return rule == config::permission::anyone || (rule == config::permission::members && members_.find(who.id));
}

// -- acting -------------------------------------------------------------------

troupe::channel::timer_id channel_runtime::after(std::chrono::milliseconds delay, std::function<void()> then) {
  if (timers_.size() >= limits_.timers_per_channel)
    throw std::length_error("a channel has at most " + std::to_string(limits_.timers_per_channel) + " timers");
  wake();
  return timers_.add(clock() + delay, std::nullopt, std::move(then));
}

troupe::channel::timer_id channel_runtime::every(std::chrono::milliseconds period, std::function<void()> then) {
  if (timers_.size() >= limits_.timers_per_channel)
    throw std::length_error("a channel has at most " + std::to_string(limits_.timers_per_channel) + " timers");
  wake();
  return timers_.add(clock() + period, period, std::move(then));
}

/// Within the object's own code its hook is called as it is, so that what it throws goes where its handler's does.
void channel_runtime::save() {
  if (!object_.running())
    return take_snapshot();
  last_snapshot_ = clock();
  handled_ = false;
  keep_snapshot(object_.object().snapshot());
}

/// What it is given may be called by anyone on this thread: CAF between turns, or the object itself within its code,
/// whose caller then gets what it throws.
std::function<void(const std::function<void()>&)> channel_runtime::object_runner() {
  return [this, alive = std::weak_ptr{alive_}, which = object_.restarts()](const std::function<void()>& code) {
    if (alive.expired() || !object_.alive() || object_.restarts() != which)
      return;
    if (object_.running())
      return code();
    turn([&] { run_object("callback", [&](troupe::channel&) { code(); }); });
    wake(); // CAF called: the actor looks at its timers and its end in a handler of its own
  };
}

void channel_runtime::stop(std::string reason) {
  defer_for_object([this, reason = std::move(reason)] { begin_stop(leave_reason::drained, reason); });
}

void channel_runtime::crash(std::string reason) {
  defer_for_object([this, reason = std::move(reason)] { object_.restart(reason); });
}

} // namespace troupe::actors
