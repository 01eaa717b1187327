#include <troupe/client.hpp>

namespace troupe {

const char* to_string(client_transport t) noexcept {
  switch (t) {
  case client_transport::websocket:
    return "websocket";
  case client_transport::sse:
    return "sse";
  case client_transport::poll:
    return "poll";
  }
  return "";
}

const char* to_string(client_status::phase p) noexcept {
  switch (p) {
  case client_status::phase::idle:
    return "idle";
  case client_status::phase::connecting:
    return "connecting";
  case client_status::phase::open:
    return "open";
  case client_status::phase::waiting:
    return "waiting";
  case client_status::phase::closed:
    return "closed";
  }
  return "";
}

} // namespace troupe
