#include "floor/peer.hpp"

#include <cerrno>

namespace troupe::bench {

bool peer::send(std::string_view bytes) {
  if (!pending.empty()) {
    pending.append(bytes);
    return true;
  }
  const auto sent = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0 && errno != EAGAIN)
    return false;
  pending.assign(bytes.substr(sent < 0 ? 0 : static_cast<std::size_t>(sent)));
  return true;
}

bool peer::flush() {
  std::string waiting;
  waiting.swap(pending);
  return send(waiting);
}

} // namespace troupe::bench
