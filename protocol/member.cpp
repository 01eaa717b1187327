#include <troupe/member.hpp>

namespace troupe {

std::string_view to_string(transport_kind kind) noexcept {
  switch (kind) {
  case transport_kind::websocket: return "websocket";
  case transport_kind::sse: return "sse";
  case transport_kind::poll: return "poll";
  case transport_kind::actor: return "actor";
  }
  return "unknown";
}

std::string_view to_string(leave_reason reason) noexcept {
  switch (reason) {
  case leave_reason::left: return "left";
  case leave_reason::lost: return "lost";
  case leave_reason::kicked: return "kicked";
  case leave_reason::channel_failed: return "channel failed";
  case leave_reason::node_lost: return "node lost";
  case leave_reason::drained: return "drained";
  }
  return "unknown";
}

} // namespace troupe
