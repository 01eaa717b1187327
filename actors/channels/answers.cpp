#include "actors/channels/answers.hpp"

#include <stdexcept>

namespace troupe::actors {

promise answers::promise_of_running() {
  if (!running_)
    throw std::logic_error("promise_answer: no call, join or publish is being handled");
  if (auto sink = running_->sink.lock())
    return promise{std::move(sink)};
  const auto ticket = ticket_of(*running_);
  auto sink = std::make_shared<promise_sink>(table_, ticket);
  running_->sink = sink;
  return promise{std::move(sink)};
}

/// A promise may be kept outside of a turn: by a callback that the object gave to CAF itself.
call_table::ticket answers::ticket_of(owed_answer& owed) {
  if (owed.ticket != 0)
    return owed.ticket;
  owed.ticket = open(owed.caller, owed.deadline, owed.make_continuation());
  return owed.ticket;
}

call_table::ticket answers::wait(session_id caller, time_point deadline, continuation then) {
  const auto ticket = open(caller, deadline, std::move(then));
  turns_.wake(); // for its deadline
  return ticket;
}

call_table::ticket answers::open(session_id caller, time_point deadline, continuation then) {
  if (!table_)
    table_ = std::make_shared<call_table>();
  return table_->open(caller, deadline, [this, then = std::move(then), alive = turns_.alive()](result what) {
    if (alive.expired())
      return;
    then(std::move(what));
    turns_.wake();
  });
}

void answers::answer_after_save(call_table::ticket which, payload data) {
  saves_.wait([this, which, data = std::move(data)](const std::optional<failure>& why_not) {
    table_->settle(which, why_not ? result{*why_not} : result{data});
  });
  turns_.wake();
}

answers::result answers::result_of(std::optional<failure> wrong, const std::optional<outcome>& decided) {
  if (wrong)
    return *std::move(wrong);
  if (decided->is_later())
    return failure{error_code::internal, "the channel promised an answer that nobody owes"};
  if (const auto* why = decided->why_not())
    return *why;
  return *decided->data();
}

} // namespace troupe::actors
