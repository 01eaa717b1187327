#include "clients/cpp/core/membership.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace troupe::clients {

namespace {

template <std::size_t size>
bool is_one_of(const std::array<std::string_view, size>& all, std::string_view word) {
  return std::find(all.begin(), all.end(), word) != all.end();
}

/// Reasons for which nobody meant us: the channel can be had again.
constexpr std::array<std::string_view, 5> passing_ends{"channel failed", "closed", "node lost", "drained", "overflow"};

} // namespace

membership::membership(std::string name, client_wishes wishes, environment around,
                       std::shared_ptr<membership_listener> to)
    : name_(std::move(name)), wishes_(std::move(wishes)), around_(around), to_(std::move(to)),
      backoff_(around.time, around.times.backoff, around.times.backoff_longest), position_(wishes_.since) {}

std::optional<position> membership::since() const { return wishes_.recover || first_ ? position_ : std::nullopt; }

// -- joining ------------------------------------------------------------------

void membership::join() {
  if (has_ended())
    return;
  timer_.reset();
  phase_ = phase::joining;
  held_.clear();
  was_in_ = false;
  ++attempt_;
  command what{"subscribe", name_};
  what.params = wishes_.params;
  if (wishes_.presence)
    what.more["presence"] = true;
  if (const auto from = since())
    what.more["since"] = {{"epoch", from->epoch}, {"offset", from->offset}};
  around_.home.ask(std::move(what), [self = shared_from_this(), attempt = attempt_](const result& how) {
    if (attempt != self->attempt_)
      return;
    if (how)
      self->joined(*how);
    else
      self->refused(how.error());
  });
}

void membership::refused(const client_error& why) {
  if (phase_ != phase::joining || why.code() == "disconnected") // who connects again joins again
    return;
  phase_ = phase::out;
  if (is_passing(why.code()))
    return join_later(why.retry_after().value_or(milliseconds{0}));
  if (why.code() == "already_subscribed") // by a command whose answer was lost
    return join_again();
  to_->refused(why);
  end(why);
}

void membership::joined(const node_message& answer) {
  phase_ = phase::in;
  was_in_ = false;
  joined_at_ = around_.time.now();
  position_ = position{answer.text("epoch"), answer.offset};
  const auto recovered = answer.flag("recovered");
  if (recovered == false)
    to_->gap(answer.number("missed"), *position_);
  to_->subscribed({answer.data, std::exchange(first_, false), recovered}, *position_);
  for (auto& message : std::exchange(held_, {}))
    heard(std::move(message));
  if (is_in())
    around_.home.entered();
}

void membership::join_later(milliseconds retry_after) {
  timer_ = around_.time.after(backoff_.next(retry_after), [this] { join(); });
}

void membership::rejoin() {
  if (has_ended())
    return;
  position_.reset();
  join_again();
}

void membership::join_again() {
  around_.home.ask({"unsubscribe", name_}, [](const result&) {});
  join();
}

// -- what the node says -------------------------------------------------------

void membership::heard(node_message message) {
  const auto reason = message.text("reason");
  const bool is_end = message.type == "unsubscribed";
  if (is_end && reason == "left") // of the membership before this one; offsets tell which messages are whose
    std::erase_if(held_, [](const node_message& m) { return m.offset == 0; });
  else if (phase_ == phase::joining)
    message.type == "subscribed" ? joined(message) : hold(std::move(message));
  else if (phase_ == phase::in)
    is_end ? put_out(reason) : tell(message);
}

/// Over HTTP, what follows `subscribed` may overtake it.
void membership::hold(node_message message) {
  if (held_.size() < around_.limits.held_messages)
    return held_.push_back(std::move(message));
  node_message gap{"gap", name_};
  gap.offset = message.offset;
  held_.clear();
  held_.push_back(std::move(gap));
}

void membership::tell(const node_message& message) {
  if (message.type == "gap")
    return missed(message);
  if (message.type == "presence")
    return to_->presence(message);
  if (message.type == "ask")
    return to_->asked(message);
  if (message.type != "broadcast" && message.type != "push")
    return;
  if (message.offset > 0) {
    if (message.offset <= position_->offset) // told before
      return;
    position_->offset = message.offset;
  }
  to_->said(message.as_client_message());
}

void membership::missed(const node_message& gap) {
  auto epoch = gap.text("epoch");
  if (epoch.empty() || epoch == position_->epoch)
    position_->offset = std::max(position_->offset, gap.offset);
  else
    position_ = position{std::move(epoch), gap.offset};
  to_->gap(gap.number("missed"), *position_);
}

void membership::put_out(const std::string& reason) {
  const bool again = is_one_of(passing_ends, reason);
  phase_ = phase::out;
  backoff_.held(around_.time.now() - joined_at_);
  to_->unsubscribed(reason, again);
  if (again)
    join_later({});
  else
    end({"not_joined", "out of " + name_ + ": " + reason});
}

// -- the connection, and the end ----------------------------------------------

void membership::cut_off() {
  if (has_ended())
    return;
  timer_.reset();
  ++attempt_;
  was_in_ = was_in_ || is_in();
  phase_ = phase::out;
}

void membership::go_on() {
  if (std::exchange(was_in_, false) && !has_ended())
    phase_ = phase::in;
}

void membership::leave() {
  if (has_ended())
    return;
  around_.home.left(name_);
  end({"closed", name_ + " was left"});
}

void membership::end(const client_error& why) {
  if (has_ended())
    return;
  const auto self = shared_from_this(); // the session forgets us
  cut_off();
  phase_ = phase::ended;
  around_.home.ended(name_, why);
  to_->ended(why);
}

} // namespace troupe::clients
