#pragma once

#include <troupe/outcome.hpp>
#include <troupe/publication.hpp>

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>

namespace troupe {

/// A path of the node that speaks your own protocol: plain WebSocket messages, no envelope.
///
/// One object per mount, in an actor of its own.
/// Thread: hooks run one at a time. Backpressure: a client's next message is read once `on_message` returned.
/// Errors: a hook that throws costs its client the connection, closed with 1011, and nobody else, unless `on_error` has
/// the object replaced: then all its clients are closed with 1011, and a new object takes over.
class raw_mount {
 public:
  class context;

  raw_mount() = default;
  raw_mount(const raw_mount&) = delete;
  raw_mount& operator=(const raw_mount&) = delete;
  virtual ~raw_mount() = default;

  // -- hooks ------------------------------------------------------------------

  virtual void on_open(session_id) {}
  virtual void on_message(session_id from, std::string_view bytes, bool text) = 0;
  /// Exactly one per `on_open`, whoever closed and whatever else failed, but for an object that is being replaced.
  virtual void on_close(session_id) {}

  /// A hook threw. The default keeps the object; so does not, whatever it says, one that throws itself.
  virtual after_error on_error(std::exception_ptr error);

  // -- used by the library ----------------------------------------------------

  void bind(context* where) noexcept { context_ = where; }

 protected:
  // -- acting -----------------------------------------------------------------

  /// Nothing is sent to a client that is gone. A client that does not read has at most `limits.session_control_bytes` and
  /// one message waiting, then it is closed with 4002.
  void send(session_id to, std::string bytes, bool text);

  /// With 1000, 1001 or a code from 3000 to 4999 (RFC 6455 section 7.4); another throws std::invalid_argument.
  void close(session_id who, std::uint16_t code = 1000, std::string reason = {});

 private:
  context* context_ = nullptr;
};

} // namespace troupe
