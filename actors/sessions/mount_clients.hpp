#pragma once
/// The clients of raw mounts on one shard: their sockets, and the way to the mounts' actors.
///
/// A client's next message is read once the mount has handled the last one. What a mount says to a client that does not
/// read is bounded by `limits.session_control_bytes`, then the client is closed with 4002.
/// Owner: the shard. Thread: the shard's.

#include "actors/messages/catalogue.hpp"
#include "transports/connection.hpp"

#include <memory>
#include <string>
#include <unordered_map>

namespace troupe::actors {

class mount_client;
class shard;
class shard_gateway;

class mount_clients {
 public:
  mount_clients(shard& home, shard_gateway& gateway);
  ~mount_clients();
  mount_clients(const mount_clients&) = delete;
  mount_clients& operator=(const mount_clients&) = delete;

  // -- the router -------------------------------------------------------------

  /// Whether somebody serves `path` just now.
  [[nodiscard]] bool serves(const std::string& path) const { return mounts_.contains(path); }
  void open(const std::string& path, std::shared_ptr<transports::connection> connection);

  // -- what the node and the mounts say ---------------------------------------

  void lives(const std::string& path, mount_handle handle);
  /// Its actor died: its clients are closed with 1011.
  void lost(const std::string& path);
  void take(mount_effects& what);
  void close_all(protocol::close_code code, std::string_view reason);

  [[nodiscard]] bool empty() const noexcept { return clients_.empty(); }

 private:
  friend class mount_client;
  void tell(mount_client& from, mount_input what);
  void forget(session_id who);
  [[nodiscard]] mount_client* find(session_id who);

  shard& home_;
  shard_gateway& gateway_;
  std::unordered_map<std::string, mount_handle> mounts_;
  std::unordered_map<session_id, std::unique_ptr<mount_client>> clients_;
};

} // namespace troupe::actors
