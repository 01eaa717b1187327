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
    : mount_handle::base(cfg), parts_(std::move(parts)), object_(parts_.make()) {
  entry_.emplace(parts_.running, "mount " + parts_.path);
  if (!object_)
    throw std::runtime_error("the factory made no object");
  object_->bind(this);
  set_default_handler(caf::drop);
  set_exception_handler(reason_of_exception);
}

mount_actor::behavior_type mount_actor::make_behavior() {
  return {[this](const mount_input& in) {
    handle(in);
    ++batch_to(in.shard).inputs;
    flush();
  }};
}

/// Whoever still knows this actor keeps neither the application's object nor an entry among the running handlers.
void mount_actor::on_exit() {
  entry_.reset();
  object_.reset();
}

void mount_actor::handle(const mount_input& in) {
  switch (in.what) {
  case mount_input::kind::opened:
    clients_[in.client] = {in.shard, false};
    run("on_open", in.client, [&] { object_->on_open(in.client); });
    break;
  case mount_input::kind::message:
    if (const auto from = clients_.find(in.client); from == clients_.end() || from->second.failed)
      break; // of the actor before this one, or on its way out
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
bool mount_actor::run(const char* hook, session_id of, F&& code) {
  const running_handlers::mark at_work{*entry_, hook};
  try {
    code();
    return true;
  } catch (...) {
    failed(hook, of, std::current_exception());
    return false;
  }
}

/// What it throws ends the actor.
void mount_actor::failed(const char* hook, session_id of, const std::exception_ptr& error) {
  parts_.events.announce(events::mount_failed{parts_.path, hook, text_of(error)});
  if (object_->on_error(error) == after_error::restart)
    std::rethrow_exception(error);
  const auto who = clients_.find(of);
  if (who == clients_.end())
    return;
  who->second.failed = true;
  constexpr auto code = protocol::close_code::internal;
  to_shard_of(of)->emplace_back(
      mount_effects::closed{of, static_cast<std::uint16_t>(code), std::string{protocol::default_reason(code)}});
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
  return &batch_to(found->second.shard).all;
}

mount_effects& mount_actor::batch_to(std::uint32_t shard) {
  auto& batch = said_[shard];
  if (!batch) {
    batch = std::make_shared<mount_effects>();
    batch->mount = parts_.path;
  }
  return *batch;
}

void mount_actor::flush() {
  for (auto& [shard, batch] : std::exchange(said_, {}))
    if (const auto to = parts_.find_shard(shard))
      mount_handle::base::send(to, std::move(batch));
}

} // namespace troupe::actors
