// What the application's object says and asks: channel_runtime's side of channel::context.

#include "actors/channels/channel_runtime.hpp"
#include "actors/channels/history_search.hpp"
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
  auto only = groups_.audience_of(to);
  publication p{0, now(), std::move(called), std::move(data), {}, std::move(to.except), std::move(only)};
  if (to.after_save)
    say_after_save(std::move(p), to.ephemeral);
  else
    say_to_all(std::move(p), to.ephemeral);
  turns_.wake();
}

void channel_runtime::say_to_all(publication p, bool ephemeral) {
  if (ephemeral)
    return stream_.say_ephemeral(std::move(p));
  stream_.keep(std::move(p), {}, nullptr, [this](const publication_stream::result& kept) {
    if (!kept)
      not_said(kept.error());
    return outbound_item{};
  });
}

/// In one row with the answers that wait; what an object did that was replaced is not said.
void channel_runtime::say_after_save(publication p, bool ephemeral) {
  snapshots_.wait([this, p = std::move(p), ephemeral, which = object_.restarts()](const std::optional<failure>& why_not) {
    if (object_.restarts() != which)
      return;
    if (why_not)
      return not_said(*why_not);
    auto said = p;
    said.timestamp = now();
    say_to_all(std::move(said), ephemeral);
  });
}

void channel_runtime::not_said(const failure& why) {
  parts_.events.announce(events::handler_failed{parts_.name, "broadcast", why.message});
}

bool channel_runtime::push(session_id to, std::string called, payload data) {
  check_event(called);
  outbound_item item{said{to, protocol::push{parts_.name, std::move(called), std::move(data), now()}}, to, 0};
  if (const auto* there = members_.find(to))
    there->via->say(std::move(item));
  else if (!joins_.push(to, item))
    return false;
  turns_.wake();
  return true;
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
  q.deadline = q.waiting_for.empty() ? clock() : clock() + options.deadline; // nobody: over with the next tick
  q.quorum = options.quorum == 0 ? q.waiting_for.size() : std::min(options.quorum, q.waiting_for.size());
  q.then = std::move(then);
  const auto asked = q.waiting_for;
  const auto number = asks_.open(std::move(q));
  for (const auto id : asked)
    members_.find(id)->via->say(
        {said{id, protocol::ask{number, parts_.name, called, data, options.deadline.count()}}, id, 0});
  turns_.wake();
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
  else
    joins_.send_away(who, {error_code::refused, std::move(reason)});
  turns_.wake();
}

// -- groups -------------------------------------------------------------------

bool channel_runtime::add_to_group(session_id who, const std::string& group) {
  if (!members_.find(who) && !joins_.contains(who))
    return false;
  groups_.add(who, group);
  return true;
}

// -- knowing ------------------------------------------------------------------

/// What waits for the store is read once it is kept.
void channel_runtime::history(history_filter filter, std::size_t limit,
                              std::function<void(const std::vector<publication_ptr>&)> then) {
  if (limit == 0)
    return then({});
  const auto as_object = [this, which = object_.restarts()](const std::function<void()>& code) {
    if (object_.running())
      code();
    else if (object_.alive() && object_.restarts() == which)
      run_object("history", [&](troupe::channel&) { code(); }, true);
  };
  const auto failed = [this](const failure& why) {
    parts_.events.announce(events::handler_failed{parts_.name, "history", why.message});
  };
  const auto search = std::make_shared<history_search>(
      history_search::question{std::move(filter), limit, limits_.page_bytes}, std::move(then), as_object, failed);
  stream_.at(stream_.now(), [this, search](offset_t) { search->begin(*partition_, turns_); });
}

std::int64_t channel_runtime::now() const {
  using std::chrono::milliseconds;
  return std::chrono::duration_cast<milliseconds>(parts_.clock.system().time_since_epoch()).count();
}

bool channel_runtime::may_publish(const member& who) const {
  const auto rule = rules().publish;
  return rule == config::permission::anyone || (rule == config::permission::members && members_.find(who.id));
}

// -- acting -------------------------------------------------------------------

void channel_runtime::check_timers() const {
  if (timers_.size() >= limits_.timers_per_channel)
    throw std::length_error("a channel has at most " + std::to_string(limits_.timers_per_channel) + " timers");
}

troupe::channel::timer_id channel_runtime::after(std::chrono::milliseconds delay, std::function<void()> then) {
  check_timers();
  turns_.wake();
  return timers_.add(clock() + delay, std::nullopt, std::move(then));
}

troupe::channel::timer_id channel_runtime::every(std::chrono::milliseconds period, std::function<void()> then) {
  check_timers();
  turns_.wake();
  return timers_.add(clock() + period, period, std::move(then));
}

busy_guard channel_runtime::busy() {
  auto mark = busy_.lock();
  if (!mark)
    busy_ = mark = std::make_shared<const char>();
  return busy_guard{std::move(mark)};
}

/// What it is given may be called by anyone on this thread: CAF between turns, or the object itself within its code,
/// whose caller then gets what it throws.
std::function<void(const std::function<void()>&)> channel_runtime::object_runner() {
  return [this, alive = turns_.alive(), which = object_.restarts()](const std::function<void()>& code) {
    if (alive.expired() || !object_.alive() || object_.restarts() != which)
      return;
    if (object_.running())
      return code();
    turns_.run([&] { run_object("callback", [&](troupe::channel&) { code(); }); });
    turns_.wake(); // CAF called: the actor looks at its timers and its end in a handler of its own
  };
}

// -- coroutines ---------------------------------------------------------------

/// A client that leaves, or waits for a millisecond, stops no coroutine: it must not begin others without end, which would
/// leave none to the others.
bool channel_runtime::keep_task(std::shared_ptr<task_run> run, bool answers) {
  const auto whose = answers ? answers_.caller_of_running() : session_id{};
  const auto over = [this](const char* limit, const std::string& who) {
    parts_.events.announce(events::limit_passed{limit, who});
    return false;
  };
  if (tasks_.size_of(whose) >= limits_.calls_per_session)
    return over("limits.calls_per_session", to_string(whose));
  if (tasks_.size() >= limits_.tasks_per_channel)
    return over("limits.tasks_per_channel", parts_.name);
  if (phase_ == phase::live)
    tasks_.keep(std::move(run), whose);
  return true;
}

void channel_runtime::begin_task(std::weak_ptr<task_run> run) {
  defer_for_object([this, run = std::move(run)] {
    if (const auto still = run.lock())
      run_object("coroutine", [&](troupe::channel&) { still->begin(); });
  });
}

void channel_runtime::when_saved(std::function<void(const std::optional<failure>&)> then) {
  snapshots_.wait(std::move(then));
  turns_.wake();
}

// -- ends ---------------------------------------------------------------------

void channel_runtime::stop(std::string reason) {
  defer_for_object([this, reason = std::move(reason)] { begin_stop(leave_reason::drained, reason); });
}

void channel_runtime::crash(std::string reason) {
  defer_for_object([this, reason = std::move(reason)] { object_.restart(reason); });
}

} // namespace troupe::actors
