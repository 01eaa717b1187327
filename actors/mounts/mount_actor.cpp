#include "actors/mounts/mount_actor.hpp"

#include "actors/hosting/exit_reason.hpp"

#include <stdexcept>
#include <utility>

namespace troupe {

void raw_mount::send(session_id to, std::string bytes, bool text) { context_->send(to, std::move(bytes), text); }

void raw_mount::close(session_id who, std::uint16_t code, std::string reason) {
  context_->close(who, code, std::move(reason));
}

after_error raw_mount::on_error(std::exception_ptr) { return after_error::keep; }

} // namespace troupe

namespace troupe::actors {

mount_actor::mount_actor(caf::actor_config& cfg, mount_parts parts)
    : mount_handle::base(cfg), parts_(std::move(parts)), line_(parts_.board, "mount " + parts_.path), object_(parts_.make()) {
  if (!object_)
    throw std::runtime_error("the factory made no object");
  object_->bind(this);
  set_default_handler(caf::drop);
  set_exception_handler(reason_of_exception);
}

mount_actor::behavior_type mount_actor::make_behavior() {
  return {[this](const mount_input& in) {
    handle(in);
    flush();
  }};
}

void mount_actor::handle(const mount_input& in) {
  switch (in.what) {
  case mount_input::kind::opened:
    clients_[in.client] = in.shard;
    run("on_open", in.client, [&] { object_->on_open(in.client); });
    break;
  case mount_input::kind::message:
    if (!clients_.contains(in.client))
      break; // of the actor before this one
    if (run("on_message", in.client, [&] { object_->on_message(in.client, in.bytes, in.text); }))
      if (auto* to = to_shard_of(in.client))
        to->emplace_back(mount_effects::handled{in.client});
    break;
  case mount_input::kind::closed:
    if (clients_.erase(in.client) != 0)
      run("on_close", in.client, [&] { object_->on_close(in.client); });
    break;
  }
}

template <class F>
bool mount_actor::run(const char* hook, session_id client, F&& code) {
  line_.begins();
  try {
    code();
    line_.ends();
    return true;
  } catch (...) {
    line_.ends();
    failed(hook, client, std::current_exception());
    return false;
  }
}

/// What it throws ends the actor.
void mount_actor::failed(const char* hook, session_id client, const std::exception_ptr& error) {
  parts_.events.announce(events::mount_failed{parts_.path, hook, text_of(error)});
  if (object_->on_error(error) == after_error::restart)
    std::rethrow_exception(error);
  if (auto* out = to_shard_of(client))
    out->emplace_back(mount_effects::closed{client, static_cast<std::uint16_t>(protocol::close_code::internal),
                                            std::string{protocol::default_reason(protocol::close_code::internal)}});
}

// -- raw_mount::context -------------------------------------------------------

void mount_actor::send(session_id to, std::string bytes, bool text) {
  if (auto* out = to_shard_of(to))
    out->emplace_back(mount_effects::said{to, std::move(bytes), text});
}

void mount_actor::close(session_id who, std::uint16_t code, std::string reason) {
  const bool ours = code == 1000 || code == 1001 || (code >= 3000 && code <= 4999); // RFC 6455 section 7.4
  if (!ours)
    throw std::invalid_argument("a mount closes with 1000, 1001 or 3000 to 4999, not " + std::to_string(code));
  if (auto* out = to_shard_of(who))
    out->emplace_back(mount_effects::closed{who, code, std::move(reason)});
}

/// Null: no client of ours.
std::vector<decltype(mount_effects::all)::value_type>* mount_actor::to_shard_of(session_id who) {
  const auto found = clients_.find(who);
  if (found == clients_.end())
    return nullptr;
  auto& batch = said_[found->second];
  if (!batch)
    batch = std::make_shared<mount_effects>();
  return &batch->all;
}

void mount_actor::flush() {
  for (auto& [shard, batch] : std::exchange(said_, {}))
    if (const auto to = parts_.find_shard(shard))
      mount_handle::base::send(to, std::move(batch));
}

} // namespace troupe::actors
