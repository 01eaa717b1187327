#include "actors/sessions/shard_actor.hpp"

#include "actors/hosting/exit_reason.hpp"
#include "actors/sessions/session_search.hpp"

#include <caf/actor_system.hpp>
#include <caf/response_promise.hpp>
#include <caf/send.hpp>

#include <memory>
#include <stdexcept>
#include <utility>

namespace troupe::actors {

namespace {

constexpr auto tick = std::chrono::milliseconds{100};
constexpr auto patience = std::chrono::seconds{5}; // with another shard

} // namespace

shard_actor::shard_actor(caf::actor_config& cfg, shard_host& host, shard_parts parts)
    : hosted(cfg, host), parts_(std::move(parts)) {
  set_default_handler(caf::drop);
  set_exception_handler(reason_of_exception);
}

shard_actor::~shard_actor() = default;

shard_actor::behavior_type shard_actor::make_behavior() {
  shard_ = std::make_unique<shard>(parts_.state, *std::exchange(parts_.settings, nullptr), parts_.events, parts_.clock, static_cast<shard_gateway&>(*this));
  shard_->handshakes().settle_by(
      [self = shard_handle{this}](handshake_settled what) { caf::anon_send(self, std::move(what)); });
  mounts_ = std::make_unique<mount_clients>(*shard_, static_cast<mount_gateway&>(*this));
  parts_.state.now = shard_.get();
  parts_.state.actor = this;
  hosted::send(parts_.broker, meet_shard{parts_.state.index, shard_handle{this}});
  next_tick();
  return {
      [this](const effect_batch_ptr& batch) { shard_->take(*batch); },
      [this](const channel_found& what) { shard_->found(what); },
      [this](const channel_lost& what) { shard_->lost(what.name, what.on_next_use); },
      [this](const channel_refused& what) { shard_->refused(what.name, what.why, what.failed); },
      [this](const shard_tick&) {
        shard_->tick();
        next_tick();
      },
      [this](const node_events& what) { publish_events(what); },
      [this](const settings_changed& what) { shard_->reload(*what.now); },
      [this](const mount_effects_ptr& what) { mounts_->take(*what); },
      [this](const mount_lives& what) { mounts_->lives(what.path, what.handle); },
      [this](const mount_lost& what) { mounts_->lost(what.path); },
      [this](const handshake_settled& what) { shard_->handshakes().settle(what); },
      [this](const end_session& what) { return end(what); },
      [this](const drain_shard& how) -> caf::result<shard_drained> {
        auto promise = make_response_promise<shard_drained>();
        shard_->drain(how.reason, [promise]() mutable { promise.deliver(shard_drained{}); });
        return promise;
      },
      [this](const describe_shard&) { return shard_->describe(); },
      [this](const list_sessions& what) { return list(what); },
      [this](const describe_session& what) { return describe(what.who); },
      [this](const actors::list_on&) { list_on(); },
      [this](const describe_rates&) { return shard_->rates(); },
  };
}

/// On the I/O thread, where sockets and the shard's buffers belong.
void shard_actor::on_exit() {
  if (shard_) {
    shard_->end_all(protocol::close_code::internal, "internal error");
    parts_.state.now = nullptr;
    parts_.state.actor = nullptr;
    searches_.clear();
    parts_.state.outlets.shard_ends();
    mounts_.reset();
    shard_.reset();
  }
  parts_.broker = nullptr; // which knows us, too
  hosted::on_exit();
}

session_ended shard_actor::end(const end_session& what) {
  auto* s = shard_->find_session(what.who);
  if (!s)
    return {};
  auto user = s->user();
  if (!what.channel.empty())
    return {true, s->dismiss(what.channel), std::move(user)};
  if (what.crash)
    shard_->guard(*s, [] { throw std::runtime_error("crashed on purpose"); });
  else
    shard_->close_later(*s, leave_reason::kicked, protocol::close_code::kicked, what.reason);
  return {true, false, std::move(user)};
}

// -- lists --------------------------------------------------------------------

/// A slice in each turn: clients do not notice who looks at a hundred thousand of them.
caf::result<session_list> shard_actor::list(const list_sessions& what) {
  auto promise = make_response_promise<session_list>();
  const auto look = std::make_shared<session_search>(what.what);
  const bool others_wait = searches_.size() > 0;
  const bool taken = searches_.add([this, look, promise]() mutable {
    if (!look->go_on(*shard_))
      return false;
    promise.deliver(look->page_of(*shard_));
    return true;
  });
  if (!taken)
    promise.deliver(caf::make_error(caf::sec::runtime_error, "too many lists wait"));
  else if (!others_wait)
    list_on();
  return promise;
}

void shard_actor::list_on() {
  if (searches_.run())
    hosted::send(this, actors::list_on{});
}

session_list shard_actor::describe(session_id who) const {
  session_list one{shard_->index(), {}, 0, 0};
  if (const auto* s = shard_->find_session(who)) {
    one.rows.push_back(s->describe(static_cast<std::size_t>(-1)));
    one.matching = one.behind = 1;
  }
  return one;
}

void shard_actor::next_tick() { delayed_send(this, tick, shard_tick{}); }

void shard_actor::publish_events(const node_events& what) {
  for (const auto& one : what.events) {
    protocol::publish p;
    p.channel = std::string{node_events_channel};
    p.event = one.name;
    p.data = one.data;
    p.ephemeral = !one.kept;
    shard_->call(p.channel, {{}, true, {}, p}, [](const protocol::server_message&) {});
  }
}

// -- shard_gateway ------------------------------------------------------------

void shard_actor::find_channel(const std::string& name, const starter& by) {
  hosted::send(parts_.broker, actors::find_channel{name, parts_.state.index, by});
}

void shard_actor::release_channel(const std::string& name) {
  hosted::send(parts_.broker, actors::release_channel{name, parts_.state.index});
}

void shard_actor::send(const channel_handle& to, command_batch_ptr batch) {
  hosted::send(to, std::move(batch));
}

void shard_actor::end_elsewhere(session_id who, std::string reason, std::function<void(bool)> then) {
  const auto other = parts_.registry ? parts_.registry->find<shard_handle>(shard_name(who.shard())) : shard_handle{};
  if (!other)
    return then(false);
  request(other, patience, actors::end_session{who, {}, std::move(reason), false})
      .then([then](const session_ended& e) { then(e.found); }, [then](const caf::error&) { then(false); });
}

void shard_actor::send(const mount_handle& to, mount_input what) { hosted::send(to, std::move(what)); }

} // namespace troupe::actors
