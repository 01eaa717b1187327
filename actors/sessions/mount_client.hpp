#pragma once

#include "actors/sessions/heartbeat.hpp"
#include "actors/sessions/mount_clients.hpp"

namespace troupe::actors {

/// One client of a raw mount. Owner: mount_clients. Thread: the shard's. Ends: its socket is closed, by whichever side.
class mount_client final : public transports::connection_user, private heartbeat_user {
 public:
  mount_client(mount_clients& among, shard& home, session_id id, std::string path,
               std::shared_ptr<transports::connection> connection);
  ~mount_client();
  mount_client(const mount_client&) = delete;
  mount_client& operator=(const mount_client&) = delete;

  [[nodiscard]] session_id id() const noexcept { return id_; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

  void say(std::string_view bytes, bool text);
  void flush() { connection_->flush(); }
  void read_on();
  void close(protocol::close_code code, std::string_view reason);

  // -- connection_user --------------------------------------------------------

  void on_message(std::string_view bytes, bool text) override;
  void on_writable() override;
  void on_activity() override { pulse_.heard(); }
  void on_ping_sent() override { pulse_.ping_sent(); }
  void on_closed(protocol::close_code code, std::string_view reason) override;

 private:
  void on_pulse_lost() override { close(protocol::close_code::heartbeat_lost, "no answer to a ping"); }
  void pace_reading();

  mount_clients& among_;
  shard& home_;
  const session_id id_;
  const std::string path_;
  std::shared_ptr<transports::connection> connection_;
  heartbeat pulse_;
  bool closing_ = false;
  bool handled_ = true; // the mount has handled its last message
};

} // namespace troupe::actors
