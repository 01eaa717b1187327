#include "transports/listening_socket.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

namespace troupe::transports {

namespace {

constexpr int backlog = 65'535; // the kernel takes net.core.somaxconn at most
constexpr int probes = 3; // within the time a peer may be silent

/// Closed unless taken.
class owned_socket {
 public:
  explicit owned_socket(int fd) noexcept : fd_(fd) {}
  ~owned_socket() {
    if (fd_ >= 0)
      ::close(fd_);
  }
  owned_socket(const owned_socket&) = delete;
  owned_socket& operator=(const owned_socket&) = delete;

  [[nodiscard]] int get() const noexcept { return fd_; }
  int take() noexcept { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

[[noreturn]] void fail(const std::string& what, const socket_address& at, int error) {
  throw std::runtime_error(what + " " + at.text() + ": " + std::generic_category().message(error));
}

void set(int fd, int level, int option, int value) { ::setsockopt(fd, level, option, &value, sizeof value); }

sockaddr_in& v4(sockaddr_storage& s) { return reinterpret_cast<sockaddr_in&>(s); }

sockaddr_in6& v6(sockaddr_storage& s) { return reinterpret_cast<sockaddr_in6&>(s); }

owned_socket make_socket(const socket_address& at) {
  owned_socket made(::socket(at.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (made.get() < 0)
    fail("cannot open a socket for", at, errno);
  set(made.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  if (at.family() == AF_INET6)
    set(made.get(), IPPROTO_IPV6, IPV6_V6ONLY, 0);
  return owned_socket(made.take());
}

void bind_and_listen(int fd, const socket_address& at) {
  if (::bind(fd, at.data(), at.size()) == 0 && ::listen(fd, backlog) == 0)
    return;
  if (errno == EADDRINUSE)
    throw std::runtime_error("cannot listen on " + at.text() +
                             ": the address is in use by another process (listen.shared = true shares it)");
  fail("cannot listen on", at, errno);
}

} // namespace

// -- addresses ----------------------------------------------------------------

socket_address::socket_address(const std::string& address, std::uint16_t port) {
  if (::inet_pton(AF_INET, address.c_str(), &v4(storage_).sin_addr) == 1)
    storage_.ss_family = AF_INET;
  else if (::inet_pton(AF_INET6, address.c_str(), &v6(storage_).sin6_addr) == 1)
    storage_.ss_family = AF_INET6;
  else
    throw std::runtime_error("listen.address: " + address + " is no IP address");
  set_port(port);
}

std::uint16_t socket_address::port() const noexcept {
  sockaddr_storage s = storage_;
  return ntohs(family() == AF_INET6 ? v6(s).sin6_port : v4(s).sin_port);
}

void socket_address::set_port(std::uint16_t port) noexcept {
  (family() == AF_INET6 ? v6(storage_).sin6_port : v4(storage_).sin_port) = htons(port);
}

socklen_t socket_address::size() const noexcept {
  return family() == AF_INET6 ? sizeof(sockaddr_in6) : family() == AF_INET ? sizeof(sockaddr_in) : sizeof storage_;
}

std::string socket_address::text() const {
  sockaddr_storage s = storage_;
  std::array<char, INET6_ADDRSTRLEN> out{};
  const std::string tail = ":" + std::to_string(port());
  if (family() != AF_INET6)
    return ::inet_ntop(AF_INET, &v4(s).sin_addr, out.data(), out.size()) + tail;
  const in6_addr& address = v6(s).sin6_addr;
  if (IN6_IS_ADDR_V4MAPPED(&address))
    return ::inet_ntop(AF_INET, &address.s6_addr[12], out.data(), out.size()) + tail;
  return std::string("[") + ::inet_ntop(AF_INET6, &address, out.data(), out.size()) + "]" + tail;
}

// -- listening ----------------------------------------------------------------

/// Without SO_REUSEPORT, which shares a port silently; listening too, since two sockets may be bound with SO_REUSEADDR.
void probe_address(const socket_address& at) { bind_and_listen(make_socket(at).get(), at); }

namespace {

/// A cable that is pulled says nothing: data that stays unacknowledged, a window that stays shut and probes without an
/// answer end a connection after `peer_timeout` (tcp(7), TCP_USER_TIMEOUT).
void set_for_clients(int fd, const config::limit_settings& limits) {
  using std::chrono::duration_cast, std::chrono::seconds;
  const int milliseconds = static_cast<int>(limits.peer_timeout.count());
  const int probe = std::max(1, static_cast<int>(duration_cast<seconds>(limits.peer_timeout).count()) / probes);
  set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, static_cast<int>(limits.unsent_bytes));
  set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, milliseconds);
  set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set(fd, IPPROTO_TCP, TCP_KEEPIDLE, probe);
  set(fd, IPPROTO_TCP, TCP_KEEPINTVL, probe);
}

} // namespace

int open_listening_socket(socket_address& at, const config::limit_settings& limits) {
  owned_socket made = make_socket(at);
  set(made.get(), SOL_SOCKET, SO_REUSEPORT, 1);
  set_for_clients(made.get(), limits);
  bind_and_listen(made.get(), at);
  socklen_t size = at.size();
  ::getsockname(made.get(), at.data(), &size);
  return made.take();
}

} // namespace troupe::transports
