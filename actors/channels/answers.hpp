#pragma once

#include "actors/channels/call_table.hpp"
#include "actors/channels/snapshots.hpp"

#include <memory>
#include <string_view>
#include <utility>

namespace troupe::actors {

/// What clients are owed: runs handlers that answer now, later, or once the state is kept, and sees to it that each is
/// answered once.
///
/// A handler that answers at once costs nothing here but its call. Owner: the channel_runtime. Thread: the channel's.
/// Bounded: `calls_per_session`, which the runtime asks before it has a handler run.
class answers {
 public:
  using time_point = call_table::time_point;
  using result = call_table::result;
  using continuation = call_table::continuation;

  answers(const channel_parts& parts, object_guard& object, snapshots& saves, turns& when)
      : parts_(parts), object_(object), saves_(saves), turns_(when) {}

  struct handler {
    std::string_view name;
    std::chrono::milliseconds timeout;
    bool reads_payload = true; ///< as for object_guard::run
    bool stands = false; ///< once it waits for its snapshot, it does not end because its caller leaves
  };

  /// Runs `code(object)`, which gives an outcome. `now(result)` gets it if it is there when the handler has returned;
  /// else `later()` makes who gets it, once.
  template <class Code, class Now, class Later>
  void ask(session_id caller, const handler& how, Code&& code, Now&& now, Later&& later) {
    pending_answer<Later> owed{caller, parts_.clock.steady() + how.timeout, later};
    std::optional<outcome> decided;
    auto wrong = object_.run(
        how.name,
        [&](troupe::channel& object) {
          const running mark{running_, owed};
          decided = code(object);
        },
        how.reads_payload);
    if (how.stands && owed.ticket == 0)
      owed.caller = {};
    if (!wrong && decided->waits_for_save())
      return answer_after_save(ticket_of(owed), *decided->data());
    if (!wrong && decided->is_later() && owed.ticket != 0)
      return;
    auto what = result_of(std::move(wrong), decided);
    if (owed.ticket == 0)
      now(std::move(what));
    else
      table_->settle(owed.ticket, std::move(what)); // unless its promise was kept before
  }

  /// The promise of the handler that runs. Throws std::logic_error if none does.
  [[nodiscard]] promise promise_of_running();
  /// Whom the handler that runs answers; nobody: none runs.
  [[nodiscard]] session_id caller_of_running() const noexcept { return running_ ? running_->caller : session_id{}; }

  // -- those who wait for the answer of another -------------------------------

  /// `then` gets what `settle` says, or `timeout`, or why `caller` no longer waits: soon, in a turn.
  [[nodiscard]] call_table::ticket wait(session_id caller, time_point deadline, continuation then);
  void settle(call_table::ticket which, const result& what) { table_->settle(which, what); }
  /// Whoever waits is not told; false if it was.
  bool forget(call_table::ticket which) { return table_ && table_->forget(which); }
  [[nodiscard]] bool waits(call_table::ticket which) const { return table_ && table_->waits(which); }

  // -- ends -------------------------------------------------------------------

  void end_all(const failure& why) {
    if (table_)
      table_->settle_all(why);
  }
  void end_all_of(session_id caller, const failure& why) {
    if (table_)
      table_->settle_all(caller, why);
  }
  void expire(time_point now) {
    if (table_)
      table_->expire(now);
  }

  // -- knowing ----------------------------------------------------------------

  [[nodiscard]] std::size_t waiting(session_id caller) const { return table_ ? table_->waiting(caller) : 0; }
  [[nodiscard]] std::optional<time_point> next_deadline() const {
    return table_ ? table_->next_deadline() : std::nullopt;
  }

 private:
  /// The answer of a handler that runs; gets a ticket when its promise is asked for.
  struct owed_answer {
    owed_answer(session_id c, time_point d) : caller(c), deadline(d) {}
    virtual continuation make_continuation() = 0;

    session_id caller;
    time_point deadline;
    call_table::ticket ticket = 0;
    std::weak_ptr<promise_sink> sink;

   protected:
    ~owed_answer() = default;
  };
  template <class Later>
  struct pending_answer final : owed_answer {
    pending_answer(session_id c, time_point d, Later& l) : owed_answer(c, d), later(l) {}
    continuation make_continuation() override { return later(); }
    Later& later;
  };
  struct running {
    running(owed_answer*& where, owed_answer& what) : now(where) { now = &what; }
    ~running() { now = nullptr; }
    running(const running&) = delete;
    running& operator=(const running&) = delete;
    owed_answer*& now;
  };

  call_table::ticket ticket_of(owed_answer& owed);
  call_table::ticket open(session_id caller, time_point deadline, continuation then);
  void answer_after_save(call_table::ticket which, payload data);
  static result result_of(std::optional<failure> wrong, const std::optional<outcome>& decided);

  const channel_parts& parts_;
  object_guard& object_;
  snapshots& saves_;
  turns& turns_;
  std::shared_ptr<call_table> table_; // shared with promises; null: nothing was ever owed
  owed_answer* running_ = nullptr;
};

} // namespace troupe::actors
