/// troupe::channel: what is not a template forwards to the context the object runs in.

#include "actors/channels/channel_context.hpp"

#include <stdexcept>

namespace troupe {

// -- hooks --------------------------------------------------------------------

join_result channel::on_join(const member&, const payload&) { return accept(); }

void channel::on_leave(const member&, leave_reason) {}

void channel::on_away(const member&) {}

void channel::on_back(const member&) {}

void channel::on_first_join(const member&) {}

void channel::on_last_leave(const member&, leave_reason) {}

publish_result channel::on_publish(const member& who, draft&) {
  if (context_->may_publish(who))
    return troupe::done();
  return refuse("publishing to " + name() + " is not allowed");
}

after_error channel::on_error(std::exception_ptr) { return after_error::keep; }

std::optional<payload> channel::snapshot() { return std::nullopt; }

void channel::on_restore(const payload&) {}

void channel::on_save_failed(const failure&) {}

// -- declaring ----------------------------------------------------------------

const channel::call_handler* channel::handler_of(std::string_view event) const {
  const auto found = handlers_.find(event);
  return found == handlers_.end() ? nullptr : &found->second;
}

void channel::add_handler(std::string event, call_handler handler) {
  if (handler_of(event) != nullptr)
    throw std::invalid_argument("the event " + event + " has a handler already");
  handlers_.emplace(std::move(event), std::move(handler));
}

// -- speaking -----------------------------------------------------------------

void channel::broadcast_payload(std::string event, payload data, delivery to) {
  context_->broadcast(std::move(event), std::move(data), std::move(to));
}

bool channel::push_payload(session_id to, std::string event, payload data) {
  return context_->push(to, std::move(event), std::move(data));
}

void channel::ask(std::span<const session_id> whom, std::string event, payload data, ask_options options,
                  std::function<void(const std::vector<ask_answer>&)> then) {
  context_->ask(whom, std::move(event), std::move(data), options, std::move(then));
}

void channel::kick(session_id who, std::string reason) { context_->kick(who, std::move(reason)); }

promise channel::promise_answer() { return context_->promise_answer(); }

// -- groups -------------------------------------------------------------------

bool channel::add_to_group(session_id who, const std::string& group) { return context_->add_to_group(who, group); }

void channel::remove_from_group(session_id who, const std::string& group) { context_->remove_from_group(who, group); }

std::vector<session_id> channel::sessions_in(const std::string& group) const { return context_->sessions_in(group); }

std::vector<std::string> channel::groups_of(session_id who) const { return context_->groups_of(who); }

// -- knowing ------------------------------------------------------------------

const std::string& channel::name() const { return context_->name(); }

std::vector<member> channel::members() const { return context_->members(); }

std::size_t channel::member_count() const { return context_->member_count(); }

const member* channel::find_member(session_id id) const { return context_->find_member(id); }

void channel::history(std::size_t limit, std::function<void(const std::vector<publication_ptr>&)> then) {
  context_->history({}, limit, std::move(then));
}

void channel::history(history_filter which, std::size_t limit,
                      std::function<void(const std::vector<publication_ptr>&)> then) {
  context_->history(std::move(which), limit, std::move(then));
}

std::int64_t channel::now() const { return context_->now(); }

// -- acting -------------------------------------------------------------------

channel::timer_id channel::after(std::chrono::milliseconds delay, std::function<void()> then) {
  return context_->after(delay, std::move(then));
}

channel::timer_id channel::every(std::chrono::milliseconds period, std::function<void()> then) {
  return context_->every(period, std::move(then));
}

void channel::cancel(timer_id id) { context_->cancel(id); }

save_result channel::save() { return context_->save(); }

busy_guard channel::busy() { return context_->busy(); }

void channel::stop(std::string reason) { context_->stop(std::move(reason)); }

void channel::crash(std::string reason) { context_->crash(std::move(reason)); }

caf::event_based_actor& channel::actor() { return context_->actor(); }

std::function<void(const std::function<void()>&)> channel::object_runner() { return context_->object_runner(); }

} // namespace troupe
