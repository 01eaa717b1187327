#include "clients/cpp/face/channel_face.hpp"

#include "clients/cpp/face/client_state.hpp"
#include "clients/cpp/face/read_answers.hpp"

#include <utility>

namespace troupe {

using namespace clients;

bool client_channel::face::has_ended() const {
  const std::lock_guard lock{mutex_};
  return end_.has_value();
}

std::optional<position> client_channel::face::where() const {
  const std::lock_guard lock{mutex_};
  return told_ ? told_ : wishes_.since;
}

void client_channel::face::off(callback_id which) {
  messages.remove(which);
  asks.remove(which);
  joins.remove(which);
  gaps.remove(which);
  presences.remove(which);
  refusals.remove(which);
  ends.remove(which);
}

// -- being in -----------------------------------------------------------------

std::future<void> client_channel::face::subscribe() {
  const auto slot = std::make_shared<reply_slot<void>>();
  if (const auto state = of_.lock())
    state->on_loop([self = shared_from_this(), slot](session& in) { self->join(in, slot); });
  return slot->future();
}

void client_channel::face::join(session& in, const std::shared_ptr<reply_slot<void>>& slot) {
  {
    const std::lock_guard lock{mutex_};
    if (end_)
      return slot->fail(*end_);
  }
  waiting_.push_back(slot);
  if (!membership_)
    if (auto m = in.add(name_, wishes_, shared_from_this()); !m->has_ended())
      membership_ = std::move(m);
  if (membership_ && membership_->is_in())
    for (const auto& each : std::exchange(waiting_, {}))
      each->give();
}

void client_channel::face::rejoin() {
  if (const auto state = of_.lock())
    state->on_loop([self = shared_from_this()](session&) {
      if (self->membership_)
        self->membership_->rejoin();
    });
}

void client_channel::face::leave() {
  const auto state = of_.lock();
  if (!state)
    return;
  state->forget(*this);
  state->on_loop([self = shared_from_this()](session&) {
    if (self->membership_)
      self->membership_->leave();
    else
      self->ended({"closed", self->name_ + " was left"});
  });
}

// -- asking -------------------------------------------------------------------

void client_channel::face::ask(command what, client_call how, answered then) {
  const auto state = of_.lock();
  if (!state)
    return then(tl::unexpected(client_error{"closed", "the client was closed"}));
  what.channel = name_;
  state->on_loop([self = shared_from_this(), what = std::move(what), how = std::move(how),
                  then = std::move(then)](session& in) mutable {
    if (self->membership_)
      return in.request(std::move(what), std::move(how), self->membership_, std::move(then));
    const std::lock_guard lock{self->mutex_};
    then(tl::unexpected(self->end_.value_or(client_error{"not_joined", "subscribe to " + self->name_ + " first"})));
  });
}

void client_channel::face::send_answer(std::uint64_t ask_number, payload data) {
  command what{"answer"};
  what.data = std::move(data);
  what.more["ask"] = ask_number;
  client_call how;
  how.now_or_never = true;
  ask(std::move(what), std::move(how), [](const result&) {});
}

// -- what the membership tells (on the loop) ----------------------------------

void client_channel::face::tell(std::function<void(face&)> what) {
  if (const auto state = of_.lock())
    state->callbacks().put([self = shared_from_this(), what = std::move(what)] { what(*self); });
}

void client_channel::face::stand_at(position at) {
  const std::lock_guard lock{mutex_};
  told_ = std::move(at);
}

void client_channel::face::stand_at(offset_t offset) {
  const std::lock_guard lock{mutex_};
  if (told_ && offset > 0)
    told_->offset = offset;
}

void client_channel::face::subscribed(client_joined how, position at) {
  tell([how = std::move(how), at = std::move(at)](face& self) {
    self.stand_at(at);
    self.joins.call({}, how);
  });
  for (const auto& each : std::exchange(waiting_, {}))
    each->give();
}

void client_channel::face::gap(std::optional<std::uint64_t> missed, position at) {
  tell([missed, at = std::move(at)](face& self) {
    self.stand_at(at);
    self.gaps.call({}, missed);
  });
}

void client_channel::face::said(client_message what) {
  tell([what = std::move(what)](face& self) {
    self.stand_at(what.offset);
    self.messages.call(what.event, what);
  });
}

void client_channel::face::presence(const node_message& change) {
  client_presence who{read_members(change.more, "joined"), read_members(change.more, "left")};
  tell([who = std::move(who)](face& self) { self.presences.call({}, who); });
}

void client_channel::face::asked(const node_message& question) {
  const auto number = question.number("ask");
  if (!number)
    return;
  tell([what = question.as_client_message(), number = *number](face& self) {
    self.asks.call(what.event, what, number);
  });
}

void client_channel::face::refused(client_error why) {
  tell([why = std::move(why)](face& self) { self.refusals.call({}, why); });
}

void client_channel::face::unsubscribed(std::string reason, bool again) {
  tell([reason = std::move(reason), again](face& self) { self.ends.call({}, reason, again); });
}

void client_channel::face::ended(client_error why) {
  {
    const std::lock_guard lock{mutex_};
    if (end_)
      return;
    end_ = why;
  }
  membership_.reset();
  for (const auto& each : std::exchange(waiting_, {}))
    each->fail(why);
  if (const auto state = of_.lock())
    state->forget(*this);
}

} // namespace troupe
