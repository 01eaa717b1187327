#pragma once
/// Sockets that listen on one address and share its port (SO_REUSEPORT). Thread: any.

#include "config/settings.hpp"

#include <cstdint>
#include <string>

#include <sys/socket.h>

namespace troupe::transports {

/// An IPv4 or IPv6 address with a port.
class socket_address {
 public:
  socket_address() = default;

  /// Throws std::runtime_error if `address` is no IP address. `::` takes IPv4 clients as well.
  socket_address(const std::string& address, std::uint16_t port);

  [[nodiscard]] std::uint16_t port() const noexcept;
  void set_port(std::uint16_t port) noexcept;

  /// `address:port`, IPv6 in brackets, an IPv4 client of `::` as IPv4.
  [[nodiscard]] std::string text() const;

  [[nodiscard]] sockaddr* data() noexcept { return reinterpret_cast<sockaddr*>(&storage_); }
  [[nodiscard]] const sockaddr* data() const noexcept { return reinterpret_cast<const sockaddr*>(&storage_); }
  [[nodiscard]] socklen_t size() const noexcept;
  [[nodiscard]] int family() const noexcept { return storage_.ss_family; }

 private:
  sockaddr_storage storage_{};
};

/// Throws std::runtime_error if another process listens on `at`. A port in TIME_WAIT is free.
void probe_address(const socket_address& at);

/// Binds and listens; port 0 becomes the one chosen. Throws std::runtime_error with a sentence for the operator.
/// What it accepts inherits: no delay, what the kernel keeps unsent, and when it takes a silent peer for dead.
[[nodiscard]] int open_listening_socket(socket_address& at, const config::limit_settings& limits);

} // namespace troupe::transports
