#include "actors/shard/shard_actor.hpp"

#include "actors/session/session_actor.hpp"

#include <caf/actor_system.hpp>
#include <caf/response_promise.hpp>

#include <memory>
#include <utility>

namespace troupe::actors {

namespace {

constexpr auto tick = std::chrono::milliseconds{100};

} // namespace

shard_actor::shard_actor(caf::actor_config& cfg, shard_host& host, shard_parts parts)
    : hosted(cfg, host), index_(parts.index), broker_(std::move(parts.broker)), wake_(std::move(parts.wake)),
      shard_(parts.index, parts.shards, parts.settings, parts.events, std::move(parts.clock), *this) {
  set_default_handler(caf::drop);
}

shard_actor::~shard_actor() = default;

shard_actor::behavior_type shard_actor::make_behavior() {
  next_tick();
  return {
      [this](const effect_batch_ptr& batch) { shard_.take(*batch); },
      [this](const channel_found& what) { shard_.found(what); },
      [this](const channel_lost& what) { shard_.lost(what.name, what.on_next_use); },
      [this](const channel_refused& what) { shard_.refused(what.name, what.why, what.failed); },
      [this](const shard_tick&) {
        shard_.tick();
        next_tick();
      },
      [this](const node_events& what) { publish_events(what); },
      [this](const drain_shard& how) -> caf::result<shard_drained> {
        auto promise = make_response_promise<shard_drained>();
        shard_.drain(how.reason, [promise]() mutable { promise.deliver(shard_drained{}); });
        return promise;
      },
      [this](const describe_shard& how) { return shard_.describe(how.sessions); },
      [this](const describe_rates&) { return shard_.rates(); },
  };
}

void shard_actor::next_tick() { delayed_send(this, tick, shard_tick{}); }

void shard_actor::publish_events(const node_events& what) {
  for (const auto& [name, data] : what.events) {
    protocol::publish p;
    p.channel = std::string{node_events_channel};
    p.event = name;
    p.data = data;
    shard_.call(p.channel, {{}, true, {}, p}, [](const protocol::server_message&) {});
  }
}

// -- shard_port ---------------------------------------------------------------

void shard_actor::find_channel(const std::string& name) {
  hosted::send(broker_, actors::find_channel{name, index_});
}

void shard_actor::release_channel(const std::string& name) { hosted::send(broker_, actors::release_channel{name, index_}); }

void shard_actor::send(const channel_handle& to, command_batch_ptr batch) {
  batch->from = shard_handle{this};
  hosted::send(to, std::move(batch));
}

session& shard_actor::start_session(session_id id, transport_kind transport, std::string secret) {
  auto handle = spawn<session_actor>(host(), shard_, id, transport, std::move(secret));
  auto* inside = static_cast<session_actor*>(caf::actor_cast<caf::abstract_actor*>(handle));
  sessions_.emplace(id, std::move(handle));
  return inside->inside();
}

void shard_actor::session_over(session_id id) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end())
    return;
  send_exit(found->second, caf::exit_reason::user_shutdown);
  sessions_.erase(found);
}

} // namespace troupe::actors
