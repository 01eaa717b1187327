#include "actors/sessions/mount_clients.hpp"

#include "actors/sessions/mount_client.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace troupe::actors {

using protocol::close_code;

mount_clients::mount_clients(shard& home, mount_gateway& gateway) : home_(home), gateway_(gateway) {
  home.take_in(*this);
}

/// Their mounts live on, and hear that they have gone.
mount_clients::~mount_clients() {
  for (const auto& [id, client] : clients_)
    tell(*client, {mount_input::kind::closed, id, home_.index(), {}, false});
}

// -- the router ---------------------------------------------------------------

bool mount_clients::serves(const std::string& path) {
  const auto found = mounts_.find(path);
  if (found == mounts_.end())
    return false;
  if (found->second.inputs < home_.settings().limits.mount_inputs)
    return true;
  home_.announce(events::limit_passed{"limits.mount_inputs", path});
  return false;
}

void mount_clients::open(const std::string& path, std::shared_ptr<transports::connection> connection) {
  const auto id = home_.next_id();
  auto& made = clients_[id];
  made = std::make_unique<mount_client>(*this, home_, id, path, std::move(connection));
  if (serves(path))
    tell(*made, {mount_input::kind::opened, id, home_.index(), {}, false});
  else
    made->close(close_code::internal, "being started anew");
}

// -- what the node and the mounts say -----------------------------------------

void mount_clients::lives(const std::string& path, mount_handle handle) { mounts_[path] = {std::move(handle), 0}; }

void mount_clients::lost(const std::string& path) {
  mounts_.erase(path);
  for (const auto& [id, client] : clients_)
    if (client->path() == path)
      client->close(close_code::internal, "internal error");
}

void mount_clients::close_all(close_code code, std::string_view reason) {
  for (const auto& [id, client] : clients_)
    client->close(code, reason);
}

void mount_clients::take(mount_effects& what) {
  if (const auto from = mounts_.find(what.mount); from != mounts_.end())
    from->second.inputs -= std::min(from->second.inputs, what.inputs); // some may be of the actor before this one
  std::set<session_id> written;
  for (auto& one : what.all) {
    if (auto* said = std::get_if<mount_effects::said>(&one)) {
      if (auto* to = find(said->to)) {
        to->say(said->bytes, said->text);
        written.insert(said->to);
      }
    } else if (auto* closed = std::get_if<mount_effects::closed>(&one)) {
      if (auto* who = find(closed->who))
        who->close(static_cast<close_code>(closed->code), closed->reason);
    } else if (auto* who = find(std::get<mount_effects::handled>(one).who)) {
      who->read_on();
    }
  }
  for (const auto id : written)
    if (auto* to = find(id))
      to->flush();
}

// -- clients ------------------------------------------------------------------

void mount_clients::tell(mount_client& from, mount_input what) {
  const auto to = mounts_.find(from.path());
  if (to == mounts_.end())
    return;
  ++to->second.inputs;
  gateway_.send(to->second.handle, std::move(what));
}

void mount_clients::forget(session_id who) { clients_.erase(who); }

mount_client* mount_clients::find(session_id who) {
  const auto found = clients_.find(who);
  return found == clients_.end() ? nullptr : found->second.get();
}

} // namespace troupe::actors
