#pragma once

#include "actors/messages/catalogue.hpp"
#include "actors/sessions/shard.hpp"
#include "transports/connection.hpp"

#include <memory>
#include <string>
#include <unordered_map>

namespace troupe::actors {

class mount_client;

/// What the clients of mounts ask of the actors around them.
class mount_gateway {
 public:
  virtual void send(const mount_handle& to, mount_input what) = 0;

 protected:
  ~mount_gateway() = default;
};

/// The clients of raw mounts on one shard: their sockets, and the way to the mounts' actors.
///
/// A client's next message is read once the mount has handled the last one and the client has taken what was said to it.
/// What a mount says of its own accord to one that does not read is bounded by `limits.session_control_bytes`, then the
/// client is closed with 4002. While a mount has more than
/// `limits.mount_inputs` of this shard to handle, nobody else is let in: those who are have at most one message each there.
/// Owner: the shard_actor. Thread: the shard's.
class mount_clients final : public shard_guests {
 public:
  mount_clients(shard& home, mount_gateway& gateway);
  ~mount_clients();
  mount_clients(const mount_clients&) = delete;
  mount_clients& operator=(const mount_clients&) = delete;

  // -- the router -------------------------------------------------------------

  /// Whether somebody serves `path` just now, and has time for one more.
  [[nodiscard]] bool serves(const std::string& path);
  void open(const std::string& path, std::shared_ptr<transports::connection> connection);

  // -- what the node and the mounts say ---------------------------------------

  void lives(const std::string& path, mount_handle handle);
  /// Its actor died: its clients are closed with 1011.
  void lost(const std::string& path);
  void take(mount_effects& what);
  void close_all(protocol::close_code code, std::string_view reason) override;

  [[nodiscard]] bool empty() const override { return clients_.empty(); }

 private:
  friend class mount_client;
  void tell(mount_client& from, mount_input what);
  void forget(session_id who);
  [[nodiscard]] mount_client* find(session_id who);

  shard& home_;
  mount_gateway& gateway_;
  struct mount {
    mount_handle handle;
    std::size_t inputs = 0; ///< told, not yet handled
  };
  std::unordered_map<std::string, mount> mounts_;
  std::unordered_map<session_id, std::unique_ptr<mount_client>> clients_;
};

} // namespace troupe::actors
