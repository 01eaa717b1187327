#include "actors/channels/channel_runtime.hpp"

#include <algorithm>

namespace troupe::actors {

// -- constructors -------------------------------------------------------------

channel_runtime::channel_runtime(const channel_parts& parts, std::unique_ptr<partition> kept,
                                 channel_host& host)
    : parts_(parts), limits_(parts.settings.limits), host_(host), partition_(std::move(kept)),
      epoch_(partition_->epoch()), appends_(partition_->head()), presence_(parts.name),
      object_(
          parts, *this, [this] { return partition_->snapshot(); },
          [this] {
            timers_.clear();
            asks_.clear();
          }) {}

channel_runtime::~channel_runtime() { alive_.reset(); }

void channel_runtime::begin() {
  turn([this] { object_.start(); });
}

// -- turns --------------------------------------------------------------------

void channel_runtime::handle(command_batch& batch) {
  turn([&] {
    const auto via = link_of(batch);
    if (!via)
      return;
    auto [number, commands] = via->take(batch);
    for (auto& command : commands) {
      handle(via, number++, command);
      run_deferred();
    }
  });
}

void channel_runtime::fail_object(const std::string& reason) {
  turn([&] {
    if (phase_ == phase::live && object_.alive())
      object_.restart(reason);
  });
}

void channel_runtime::stop(leave_reason why, const std::string& reason) {
  turn([&] { begin_stop(why, reason); });
}

void channel_runtime::close_link(std::uint32_t shard) {
  turn([&] {
    const auto found = links_.find(shard);
    if (found == links_.end())
      return;
    const auto gone = found->second;
    links_.erase(found);
    drop_link(gone);
  });
}

void channel_runtime::tick() {
  turn([this] {
    const auto now_is = clock();
    calls_->expire(now_is);
    run_questions(asks_.expire(now_is));
    run_deferred();
    // As many as there are now: one that starts another at once must not hold the channel for ever.
    for (auto left_to_run = timers_.size(); left_to_run > 0; --left_to_run) {
      const auto due = timers_.next_due(now_is);
      if (!due)
        break;
      run_object("timer", [&](troupe::channel&) { (*due)(); });
      run_deferred();
    }
  });
}

/// Everything said and caused in this turn takes effect: at most one batch for each link that keeps up.
void channel_runtime::end_turn() {
  do {
    run_deferred();
    if (snapshot_is_due())
      take_snapshot();
    run_deferred(); // a snapshot that threw may have cost the object
    say_presence();
    flush_links();
  } while (remove_overflowed() || !deferred_.empty());
  announce_leaves();
  finish_if_over();
}

void channel_runtime::run_deferred() {
  for (;;) {
    if (phase_ == phase::live && !object_.alive())
      give_up();
    if (deferred_.empty())
      return;
    for (const auto& what : std::exchange(deferred_, {}))
      what();
  }
}

void channel_runtime::defer(std::function<void()> what) {
  deferred_.push_back(std::move(what));
  wake();
}

void channel_runtime::defer_for_object(std::function<void()> what) {
  defer([this, what = std::move(what), which = object_.restarts()] {
    if (object_.alive() && object_.restarts() == which)
      what();
  });
}

void channel_runtime::wake() {
  if (depth_ > 0 || std::exchange(woken_, true))
    return;
  host_.post([this, alive = std::weak_ptr{alive_}] {
    if (alive.expired())
      return;
    woken_ = false;
    turn([] {});
  });
}

void channel_runtime::run_object(const std::string& hook_name, const std::function<void(troupe::channel&)>& code,
                                 bool reads_payload) {
  handled_ = true;
  const auto wrong = object_.run(hook_name, code, reads_payload);
  if (wrong && wrong->code == error_code::bad_message) // a client's doing, which costs the object nothing
    parts_.events.announce(events::handler_failed{parts_.name, hook_name, wrong->message});
}

void channel_runtime::flush_links() {
  for (const auto& [shard, l] : links_)
    l->flush(*this, phase_ != phase::live);
}

void channel_runtime::say_presence() {
  const auto changes = presence_.take();
  if (!changes)
    return;
  for (const auto& [shard, l] : links_)
    if (l->presence_readers() > 0)
      l->say(outbound_item{presence_changed{*changes}, {}, 0});
}

void channel_runtime::read(offset_t since, page_reader then) {
  partition_->read(since, limits_.log_entries, limits_.page_bytes, in_turn(std::move(then)));
}

// -- snapshots ----------------------------------------------------------------

bool channel_runtime::snapshot_is_due() const {
  return phase_ == phase::live && handled_ && object_.alive() &&
         (!last_snapshot_ || clock() - *last_snapshot_ >= parts_.settings.channels.snapshot_interval);
}

void channel_runtime::take_snapshot() {
  last_snapshot_ = clock();
  handled_ = false;
  std::optional<payload> state;
  const auto wrong = object_.run("snapshot", [&](troupe::channel& object) { state = object.snapshot(); });
  if (!wrong)
    keep_snapshot(std::move(state));
}

void channel_runtime::keep_snapshot(std::optional<payload> state) {
  has_snapshots_ = state.has_value();
  if (!state)
    return;
  if (state->size() > limits_.snapshot_bytes)
    parts_.events.announce(events::limit_passed{"limits.snapshot_bytes", parts_.name});
  else
    partition_->save_snapshot(*std::move(state));
}

// -- the end ------------------------------------------------------------------

void channel_runtime::begin_stop(leave_reason why, const std::string& reason) {
  if (phase_ != phase::live)
    return;
  if (object_.alive())
    take_snapshot();
  phase_ = phase::stopping;
  timers_.clear();
  calls_->settle_all(failure{error_code::unavailable, parts_.name + " has stopped: try again"});
  remove_all(why, reason);
}

void channel_runtime::give_up() {
  phase_ = phase::failing;
  calls_->settle_all(failure{error_code::unavailable, parts_.name + " failed"});
  remove_all(leave_reason::channel_failed, std::string{to_string(leave_reason::channel_failed)});
}

void channel_runtime::remove_all(leave_reason why, const std::string& reason) {
  for (const auto who : members_.sessions())
    remove_member(who, why, last_word(reason));
}

void channel_runtime::finish_if_over() {
  if (phase_ != phase::stopping && phase_ != phase::failing)
    return;
  const bool all_said = std::all_of(links_.begin(), links_.end(), [](const auto& l) { return l.second->idle(); });
  if (!appends_.idle() || !all_said)
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
  consider(calls_->next_deadline());
  consider(asks_.next_deadline());
  consider(timers_.next_deadline());
  if (phase_ == phase::live && handled_ && has_snapshots_ && last_snapshot_)
    consider(*last_snapshot_ + parts_.settings.channels.snapshot_interval);
  return first;
}

channel_description channel_runtime::describe() const {
  channel_description d;
  d.name = parts_.name;
  d.state = phase_ == phase::live                                       ? "live"
            : phase_ == phase::stopping || phase_ == phase::stopped ? "stopping"
                                                                        : "failed";
  d.epoch = epoch_;
  d.head = appends_.head();
  d.members = members_.size();
  d.publications = publications_;
  d.restarts = object_.restarts();
  d.history_bytes = partition_->bytes();
  d.last_error = object_.last_error();
  return d;
}

} // namespace troupe::actors
