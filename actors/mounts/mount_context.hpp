#pragma once

#include <troupe/raw_mount.hpp>

namespace troupe {

/// What a raw mount's object runs in: the far side of `troupe::raw_mount`'s protected functions.
/// Implemented by mount_actor, and by whoever tests a mount alone. Thread: the mount's.
class raw_mount::context {
 public:
  virtual void send(session_id to, std::string bytes, bool text) = 0;
  virtual void close(session_id who, std::uint16_t code, std::string reason) = 0;

 protected:
  ~context() = default;
};

} // namespace troupe
