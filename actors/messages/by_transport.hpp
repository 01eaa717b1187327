#pragma once

#include <troupe/member.hpp>

#include <array>
#include <cstddef>

namespace troupe::actors {

/// What sessions come over. To add a transport to all that is counted, shown and told by transport: a line here.
inline constexpr std::array session_transports{transport_kind::websocket, transport_kind::sse, transport_kind::poll,
                                               transport_kind::actor};

/// One `T` for each of them.
template <class T>
class by_transport {
 public:
  [[nodiscard]] T& operator[](transport_kind kind) { return all_[static_cast<std::size_t>(kind)]; }
  [[nodiscard]] const T& operator[](transport_kind kind) const { return all_[static_cast<std::size_t>(kind)]; }

 private:
  std::array<T, static_cast<std::size_t>(transport_kind::actor) + 1> all_{};
};

} // namespace troupe::actors
