#include "examples/progress/job.hpp"

namespace examples {

using troupe::member;
using troupe::payload;

namespace {

constexpr std::uint64_t up_to_max = 100'000'000;
constexpr std::uint64_t numbers_per_slice = 20'000; // 1 to 5 ms of work
constexpr std::chrono::milliseconds slice_period{8};
constexpr unsigned slices_per_report = 15;

} // namespace

void job::setup() {
  on<job_order>("start", [this](const member&, const job_order& order) { return start(order); });
  on<payload>("cancel", [this](const member&, const payload&) { return cancel_count(); });
}

troupe::join_result job::on_join(const member& who, const payload&) {
  push(who, "state", report());
  return troupe::accept(report());
}

// -- orders -------------------------------------------------------------------

troupe::call_result job::start(const job_order& order) {
  if (state_ == "running")
    return troupe::refuse("a count is running; watch it, or cancel it");
  if (order.up_to < 2 || order.up_to > up_to_max)
    return troupe::refuse("up_to is 2 to 100000000");
  count_.emplace(order.up_to);
  took_before_ = 0;
  broadcast("started", order);
  run();
  return troupe::reply(report()).after_save();
}

troupe::call_result job::cancel_count() {
  if (state_ != "running")
    return troupe::refuse("nothing is running");
  finish("cancelled");
  return troupe::done();
}

// -- work ---------------------------------------------------------------------

void job::run() {
  state_ = "running";
  busy_ = busy(); // it goes on when nobody looks
  since_ = now();
  timer_ = every(slice_period, [this] { work(); });
}

/// Progress is said to whoever is there; the beginning and the end are kept for those who come back.
void job::work() {
  count_->advance(numbers_per_slice);
  if (count_->done())
    return finish("done");
  if (++slices_ % slices_per_report == 0) {
    broadcast("progress", report(), troupe::ephemeral());
    save();
  }
}

void job::finish(std::string how) {
  cancel(timer_);
  busy_ = {};
  took_before_ += now() - since_;
  state_ = std::move(how);
  broadcast(state_, report());
  save();
}

job_report job::report() const {
  if (!count_)
    return {state_, 0, 0, 0, 0, 0};
  const auto& n = count_->now();
  const auto took = took_before_ + (state_ == "running" ? now() - since_ : 0);
  return {state_, n.up_to, n.next - 1, n.found, n.largest, took};
}

// -- outliving a crash --------------------------------------------------------

std::optional<payload> job::snapshot() {
  return payload::of(report());
}

void job::on_restore(const payload& snapshot) {
  const auto then = snapshot.as<job_report>();
  state_ = then.state;
  took_before_ = then.took;
  if (then.up_to == 0)
    return;
  count_.emplace(prime_count::state{then.up_to, then.looked_at + 1, then.found, then.largest});
  if (state_ == "running")
    run();
}

} // namespace examples
