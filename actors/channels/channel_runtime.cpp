#include "actors/channels/channel_runtime.hpp"

#include "config/namespaces.hpp"

#include <algorithm>

namespace troupe::actors {

// -- constructors -------------------------------------------------------------

channel_runtime::channel_runtime(const channel_parts& parts, std::unique_ptr<partition> kept, channel_host& host)
    : parts_(parts), rules_(&parts.name_space), limits_(parts.settings.limits), host_(host), partition_(std::move(kept)), turns_(*this),
      links_(host, {limits_.link_batches, limits_.link_bytes}), stream_(*partition_, links_, turns_, parts.events),
      pages_(*partition_, limits_.page_bytes, turns_), groups_(limits_), presence_(parts, members_, links_),
      object_(
          parts, *this, [this] { return partition_->snapshot(); }, [this] { forget_object(); }),
      snapshots_(parts, object_, *partition_, turns_), answers_(parts, object_, snapshots_, turns_),
      keyed_calls_(parts, answers_, *partition_, turns_),
      joins_(parts, *this, answers_, stream_, pages_, *partition_, links_) {}

/// The object goes first, and nobody hears of it any more.
channel_runtime::~channel_runtime() {
  turns_.end();
  object_.discard();
}

void channel_runtime::begin() {
  turns_.run([this] { object_.start(); });
}

/// What ends with an object: its coroutines first, whose variables may hold the rest.
void channel_runtime::forget_object() {
  tasks_.end_all();
  timers_.clear();
  asks_.clear();
  busy_.reset();
  answers_.end_all({error_code::internal, "the channel failed before it answered"});
}

// -- turns --------------------------------------------------------------------

void channel_runtime::handle(command_batch& batch) {
  cause_ = batch.sent;
  if (parts_.running && cause_ != time_point{} && !batch.commands.empty())
    parts_.running->waited(clock() - cause_);
  turns_.run([&] {
    const auto [via, gone] = links_.of(batch);
    if (gone)
      drop_link(*gone);
    if (!via)
      return;
    auto [number, commands] = via->take(batch);
    for (auto& command : commands) {
      handle(via, number++, command);
      run_deferred();
    }
  });
  cause_ = {};
}

bool channel_runtime::fail_object(const std::string& reason) {
  turns_.run([&] {
    if (phase_ == phase::live && object_.alive())
      object_.restart(reason);
  });
  return phase_ == phase::live;
}

void channel_runtime::stop(leave_reason why, const std::string& reason) {
  turns_.run([&] { begin_stop(why, reason); });
}

bool channel_runtime::retire() {
  if (phase_ == phase::live && (!busy_.expired() || !keyed_calls_.idle()))
    return false;
  stop(leave_reason::drained, "idle");
  return true;
}

void channel_runtime::close_link(std::uint32_t shard) {
  turns_.run([&] {
    if (const auto gone = links_.take(shard))
      drop_link(*gone);
  });
}

void channel_runtime::tick() {
  turns_.run([this] {
    const auto now_is = clock();
    answers_.expire(now_is);
    run_questions(asks_.expire(now_is));
    run_deferred();
    run_timers();
  });
}

/// As many as there are now: one that starts another at once must not hold the channel for ever.
void channel_runtime::reload(const config::settings& changed) {
  if (const auto* rules = config::find_namespace(changed.namespaces, parts_.name))
    rules_ = rules;
}

void channel_runtime::run_timers() {
  const auto now_is = clock();
  for (auto left_to_run = timers_.size(); left_to_run > 0 && phase_ == phase::live; --left_to_run) {
    const auto due = timers_.next_due(now_is);
    if (!due)
      return;
    run_object("timer", [&](troupe::channel&) { (*due)(); });
    run_deferred();
  }
}

/// Everything said and caused in this turn takes effect: at most one batch for each link that keeps up.
void channel_runtime::end_turn() {
  do {
    run_deferred();
    if (phase_ == phase::live && object_.alive() && snapshots_.due())
      snapshots_.take();
    run_deferred(); // a snapshot that threw may have cost the object; one that was kept lets answers go
    presence_.tell();
    links_.flush(*this, phase_ != phase::live);
  } while (remove_overflowed() || turns_.has_deferred());
  leaves_.announce(parts_.events, parts_.name);
  if (parts_.figures)
    parts_.figures->tell(members_.size(), stream_.count(), stream_.head(), object_.restarts(), clock());
  finish_if_over();
}

void channel_runtime::run_deferred() {
  for (;;) {
    if (phase_ == phase::live && !object_.alive())
      give_up();
    if (!turns_.has_deferred())
      return;
    for (const auto& what : turns_.take_deferred())
      what();
  }
}

void channel_runtime::defer_for_object(std::function<void()> what) {
  turns_.defer([this, what = std::move(what), which = object_.restarts()] {
    if (object_.alive() && object_.restarts() == which)
      what();
  });
}

void channel_runtime::run_object(std::string_view hook_name, const std::function<void(troupe::channel&)>& code,
                                 bool reads_payload) {
  snapshots_.touched();
  const auto wrong = object_.run(hook_name, code, reads_payload);
  if (wrong && wrong->code == error_code::bad_message) // a client's doing, which costs the object nothing
    parts_.events.announce(events::handler_failed{parts_.name, std::string{hook_name}, wrong->message});
}

void channel_runtime::read(offset_t since, page_reader then) {
  partition_->read(since, limits_.log_entries, limits_.page_bytes, turns_.callback(std::move(then)));
}

// -- the end ------------------------------------------------------------------

void channel_runtime::begin_stop(leave_reason why, const std::string& reason) {
  if (phase_ != phase::live)
    return;
  if (object_.alive())
    snapshots_.take();
  phase_ = phase::stopping;
  timers_.clear();
  answers_.end_all({error_code::unavailable, parts_.name + " has stopped: try again"});
  if (!tasks_.empty())
    object_.run("end of coroutines", [this](troupe::channel&) { tasks_.end_all(); });
  remove_all(why, reason);
}

void channel_runtime::give_up() {
  phase_ = phase::failing;
  answers_.end_all({error_code::unavailable, parts_.name + " failed"});
  remove_all(leave_reason::channel_failed, std::string{to_string(leave_reason::channel_failed)});
}

void channel_runtime::finish_if_over() {
  if (phase_ != phase::stopping && phase_ != phase::failing)
    return;
  if (!stream_.idle() || !links_.idle() || !snapshots_.idle() || keyed_calls_.keeping())
    return;
  phase_ = phase_ == phase::stopping ? phase::stopped : phase::gave_up;
  object_.discard();
}

// -- knowing ------------------------------------------------------------------

std::optional<channel_runtime::time_point> channel_runtime::next_deadline() const {
  std::optional<time_point> first;
  const auto consider = [&first](std::optional<time_point> due) {
    if (due && (!first || *due < *first))
      first = due;
  };
  consider(answers_.next_deadline());
  consider(asks_.next_deadline());
  if (phase_ == phase::live) {
    consider(timers_.next_deadline());
    consider(snapshots_.next_deadline());
    consider(presence_.next_deadline());
  }
  return first;
}

channel_description channel_runtime::describe() const {
  channel_description d;
  d.name = parts_.name;
  d.state = phase_ == phase::live                                       ? "live"
            : phase_ == phase::stopping || phase_ == phase::stopped ? "stopping"
                                                                        : "failed";
  d.epoch = stream_.epoch();
  d.head = stream_.head();
  d.members = members_.size();
  d.publications = stream_.count();
  d.restarts = object_.restarts();
  d.history_bytes = partition_->bytes();
  d.last_error = object_.last_error();
  if (parts_.figures)
    d.rate = parts_.figures->rate(clock());
  d.figures = parts_.figures;
  return d;
}

} // namespace troupe::actors
