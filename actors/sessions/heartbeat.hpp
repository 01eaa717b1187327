#pragma once

#include "actors/hosting/timer_wheel.hpp"
#include "transports/connection.hpp"

#include <memory>

namespace troupe::actors {

class shard;

/// Whoever a heartbeat is of.
class heartbeat_user {
 public:
  /// The verdict: once; it may destroy the heartbeat.
  virtual void on_pulse_lost() = 0;

  /// A ping is about to be queued, behind all that was written.
  virtual void on_ping() {}

  /// Whether a ping is due also to one that has just been heard.
  [[nodiscard]] virtual bool wants_ping() const { return false; }

 protected:
  ~heartbeat_user() = default;
};

/// Tells silence from death on one WebSocket: a ping each interval with jitter, skipped only when bytes were received;
/// dead when nothing came within the timeout after the kernel took the ping, unless the peer is still draining what was
/// sent before it, or we were not reading (docs/protocol.md, `GET /ws`). A ping that has not left when the next is due tells
/// it, too, if the peer has taken nothing meanwhile.
///
/// Owner: whoever uses the connection, as a member. Thread: the shard's. Ends: destroyed, or told to `stop`.
class heartbeat {
 public:
  /// `user` outlives it.
  heartbeat(shard& home, heartbeat_user& user) : home_(home), user_(user) {}

  void start(std::shared_ptr<transports::connection> of);
  void stop();

  // -- what the connection tells ----------------------------------------------

  void heard(); ///< bytes of any kind
  void ping_sent();
  void reading(bool now) noexcept { reading_ = now; }

  /// Pings at once, unless a ping is on its way or unanswered.
  void ping();

 private:
  static constexpr auto not_looked_at = static_cast<std::uint64_t>(-1);

  void beat();
  void send_ping();
  void schedule_beat();
  void judge();
  void give_up();
  [[nodiscard]] bool still_before_it();
  [[nodiscard]] std::uint64_t acknowledged() const;

  shard& home_;
  heartbeat_user& user_;
  std::shared_ptr<transports::connection> connection_; // null: stopped
  timer beat_{[this] { beat(); }};
  timer verdict_{[this] { judge(); }};
  std::uint64_t ping_end_ = 0; // positions in the stream: behind the last ping,
  std::uint64_t arrived_ = 0;  // and what the peer had when the verdict was last due
  bool late_ = false;          // the ping had not arrived then
  bool queued_ = false;        // a ping has not left
  bool heard_ = false;         // since the last beat
  bool reading_ = true;
};

} // namespace troupe::actors
