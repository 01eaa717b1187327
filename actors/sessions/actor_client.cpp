/// troupe::actor_client: commands into the queue of an actor that is a client.

#include <troupe/actor_client.hpp>

#include "actors/sessions/outlet_queue.hpp"

namespace troupe {

namespace {

protocol::request_id with(std::int64_t id) {
  return id == 0 ? protocol::request_id{} : protocol::request_id{id};
}

handed offer(const std::shared_ptr<outlet::queue>& to, std::size_t bytes, protocol::command what) {
  return to ? to->offer({std::move(what), {}, bytes}) : handed::stopped;
}

} // namespace

handed actor_client::join(std::string channel, join_options how) const {
  const auto bytes = how.params.size();
  return offer(queue_, bytes, {{}, protocol::subscribe{std::move(channel), std::move(how.params), std::move(how.since), how.presence}});
}

handed actor_client::leave(std::string channel) const {
  return offer(queue_, 0, {{}, protocol::unsubscribe{std::move(channel)}});
}

handed actor_client::publish_payload(std::string channel, std::string event, payload data, std::int64_t id) const {
  const auto bytes = data.size();
  return offer(queue_, bytes, {with(id), protocol::publish{std::move(channel), std::move(event), std::move(data), {}, true, false}});
}

handed actor_client::call_payload(std::string channel, std::string event, payload data, std::int64_t id) const {
  const auto bytes = data.size();
  return offer(queue_, bytes, {with(id), protocol::call{std::move(channel), std::move(event), std::move(data), std::nullopt, {}}});
}

handed actor_client::answer_payload(std::uint64_t ask, payload data) const {
  const auto bytes = data.size();
  return offer(queue_, bytes, {{}, protocol::answer{ask, std::move(data)}});
}

handed actor_client::close() const {
  return queue_ ? queue_->offer({outlet::queue::ended{}, {}, 0}) : handed::stopped;
}

} // namespace troupe
