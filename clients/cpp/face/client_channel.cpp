#include <troupe/client_channel.hpp>

#include "clients/cpp/face/channel_face.hpp"
#include "clients/cpp/face/client_state.hpp"
#include "clients/cpp/face/publish_command.hpp"
#include "clients/cpp/face/read_answers.hpp"
#include "clients/cpp/face/settle.hpp"

#include <utility>

namespace troupe {

using namespace clients;

namespace {

using face_ptr = std::shared_ptr<client_channel::face>;

/// Asks once we are in, if there is room for the question.
template <class T, class Read>
std::future<T> ask(const face_ptr& face, command what, client_call how, Read read) {
  const auto slot = std::make_shared<reply_slot<T>>();
  auto answer = slot->future();
  const auto owner = face->owner();
  const auto size = what.size();
  if (owner && owner->admit(*slot, size))
    face->ask(std::move(what), std::move(how), settle_with(slot, std::move(read)));
  return answer;
}

/// Asks for page after page, and gathers them.
void read_presence(const face_ptr& face, const std::shared_ptr<reply_slot<std::vector<client_member>>>& slot,
                   std::shared_ptr<std::vector<client_member>> so_far) {
  command what{"presence"};
  if (!so_far->empty())
    what.more["since"] = so_far->back().session;
  face->ask(std::move(what), {}, [face, slot, so_far](const result& how) {
    if (!how)
      return slot->fail(how.error());
    const auto data = how->data.value();
    auto page = read_members(data, "members");
    const bool more = data.is_object() && data.value("more", false) && !page.empty();
    const auto owner = face->owner();
    if (owner && so_far->size() + page.size() > owner->limits().members)
      return slot->fail({"too_large", "more members than client_limits::members"});
    std::move(page.begin(), page.end(), std::back_inserter(*so_far));
    if (more)
      read_presence(face, slot, so_far);
    else
      slot->give(std::move(*so_far));
  });
}

} // namespace

const std::string& client_channel::name() const noexcept { return face_->name(); }

// -- hearing ------------------------------------------------------------------

client_channel::callback_id client_channel::on(std::string event, message_callback then) {
  const auto id = face_->new_id();
  face_->messages.add(id, std::move(event), std::move(then));
  return id;
}

client_channel::callback_id client_channel::on_message(message_callback then) { return on({}, std::move(then)); }

client_channel::callback_id client_channel::on_subscribed(std::function<void(const client_joined&)> then) {
  const auto id = face_->new_id();
  face_->joins.add(id, {}, std::move(then));
  return id;
}

client_channel::callback_id client_channel::on_gap(std::function<void(std::optional<std::uint64_t>)> then) {
  const auto id = face_->new_id();
  face_->gaps.add(id, {}, std::move(then));
  return id;
}

client_channel::callback_id client_channel::on_presence(std::function<void(const client_presence&)> then) {
  const auto id = face_->new_id();
  face_->presences.add(id, {}, std::move(then));
  return id;
}

client_channel::callback_id client_channel::on_refused(std::function<void(const client_error&)> then) {
  const auto id = face_->new_id();
  face_->refusals.add(id, {}, std::move(then));
  return id;
}

client_channel::callback_id client_channel::on_unsubscribed(std::function<void(const std::string&, bool)> then) {
  const auto id = face_->new_id();
  face_->ends.add(id, {}, std::move(then));
  return id;
}

client_channel::callback_id client_channel::answer(std::string event,
                                                   std::function<payload(const client_message&)> with) {
  const auto id = face_->new_id();
  face_->asks.add(
      id, std::move(event),
      [of = std::weak_ptr<face>{face_}, with = std::move(with)](const client_message& question, std::uint64_t ask) {
        auto said = with(question);
        if (const auto self = of.lock())
          self->send_answer(ask, std::move(said));
      });
  return id;
}

void client_channel::off(callback_id which) { face_->off(which); }

// -- being in -----------------------------------------------------------------

std::future<void> client_channel::subscribe() { return face_->subscribe(); }
void client_channel::rejoin() { face_->rejoin(); }
void client_channel::leave() { face_->leave(); }
std::optional<position> client_channel::where() const { return face_->where(); }

// -- saying -------------------------------------------------------------------

std::future<position> client_channel::publish(std::string event, payload data, client_publish how) {
  auto what = publish_command(std::move(event), std::move(data), how);
  return ask<position>(face_, std::move(what), std::move(how),
                       [](const payload& said) { return read_position(said.value()); });
}

std::future<payload> client_channel::call(std::string event, payload data, client_call how) {
  command what{"call"};
  what.more["event"] = std::move(event);
  what.data = std::move(data);
  return ask<payload>(face_, std::move(what), std::move(how), [](const payload& said) { return said; });
}

std::future<client_history> client_channel::history(client_page which) {
  command what{"history"};
  if (which.limit)
    what.more["limit"] = *which.limit;
  if (which.before)
    what.more["before"] = *which.before;
  if (which.since)
    what.more["since"] = {{"epoch", which.since->epoch}, {"offset", which.since->offset}};
  return ask<client_history>(face_, std::move(what), {},
                             [](const payload& said) { return read_history(said.value()); });
}

std::future<std::vector<client_member>> client_channel::presence() {
  const auto slot = std::make_shared<reply_slot<std::vector<client_member>>>();
  auto answer = slot->future();
  if (const auto owner = face_->owner(); owner && owner->admit(*slot, 0))
    read_presence(face_, slot, std::make_shared<std::vector<client_member>>());
  return answer;
}

} // namespace troupe
