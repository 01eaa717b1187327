#pragma once

#include "actors/hosting/timer_wheel.hpp"
#include "actors/sessions/delivery.hpp"
#include "actors/sessions/intake_watch.hpp"
#include "actors/sessions/session.hpp"
#include "protocol/wire_form.hpp"
#include "transports/connection.hpp"

#include <memory>
#include <vector>

namespace troupe::actors {

/// What WebSockets and event streams share: a connection that is written to as far as it takes.
///
/// Owner: the session. Thread: the shard's. The connection is let go when the session ends.
class stream_delivery : public delivery, public transports::connection_user, protected subscription_sink {
 public:
  stream_delivery(session& owner, protocol::wire_form_id form) : session_(&owner), form_(form) {}
  ~stream_delivery() override;

  void attach(std::shared_ptr<transports::connection> connection);

  // -- delivery ---------------------------------------------------------------

  void serve(session& owner) override { session_ = &owner; }
  void deliver() override;
  void say(const protocol::server_message& m) override;
  void end(protocol::close_code code, std::string_view reason) override;
  [[nodiscard]] std::size_t queued() const override { return connection_ ? connection_->queued() : 0; }
  [[nodiscard]] traffic moved() const override { return {0, connection_ ? connection_->sent() : 0}; }
  [[nodiscard]] bool attached() const override { return connection_ != nullptr; }
  [[nodiscard]] bool blocked() const override { return blocked_; }
  [[nodiscard]] std::chrono::milliseconds taken_nothing_for() override;
  void add_chunks(std::vector<const transports::chunk*>& into) const override {
    if (connection_)
      connection_->add_chunks(into);
  }

  // -- connection_user --------------------------------------------------------

  void on_message(std::string_view, bool) override {}
  void on_writable() override;
  void on_activity() override {}
  void on_ping_sent() override {}
  void on_closed(protocol::close_code code, std::string_view reason) override;

 protected:
  // -- subscription_sink ------------------------------------------------------

  [[nodiscard]] std::size_t room() const override;
  [[nodiscard]] protocol::wire_form_id form() const override { return form_; }
  void shared(const transports::slice& bytes) override { connection_->write(bytes); }
  void publication(std::string_view channel, std::string_view epoch, const troupe::publication& p) override;
  void message(const protocol::server_message& m) override;

  /// Bytes of what was said past the room there was, and has not all left yet.
  [[nodiscard]] std::size_t said_bytes() const noexcept { return said_bytes_; }

  /// Called when bytes have left, or may have: room may be back.
  virtual void flushed() {}

  session* session_;
  std::shared_ptr<transports::connection> connection_;

 private:
  [[nodiscard]] std::size_t room_left() const;

  const protocol::wire_form_id form_;
  bool blocked_ = false; // the kernel takes nothing: out of the walk until on_writable
  std::size_t turn_end_ = 0; // of the outbox, for the subscription that writes
  std::size_t said_bytes_ = 0;
  intake_watch intake_;
};

} // namespace troupe::actors
