#include "load_client/connection.hpp"

#include "load_client/event_loop.hpp"

#include <cerrno>
#include <cstring>
#include <system_error>

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace troupe::bench {

connection::~connection() { close(); }

void connection::open(const route& where) {
  const auto refuse = [](const char* what) { throw std::system_error{errno, std::generic_category(), what}; };
  descriptor_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor_ < 0)
    refuse("socket");
  const int on = 1;
  setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const linger reset{.l_onoff = 1, .l_linger = 0}; // runs that follow each other find their ports free
  setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  if (where.source.sin_family != 0) {
    setsockopt(descriptor_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    if (bind(descriptor_, reinterpret_cast<const sockaddr*>(&where.source), sizeof where.source) < 0)
      refuse("bind");
  }
  if (connect(descriptor_, reinterpret_cast<const sockaddr*>(&where.server), sizeof where.server) < 0 &&
      errno != EINPROGRESS)
    refuse("connect");
  connecting_ = true;
  waits_writable_ = false;
  input_.clear();
  opening();
  loop_.add(descriptor_, *this, EPOLLOUT);
}

void connection::ready(std::uint32_t events) {
  if (connecting_)
    return finish_connect();
  if (is_open() && (events & EPOLLOUT) != 0)
    flush();
  if (is_open() && (events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0)
    read();
}

void connection::finish_connect() {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0)
    return fail(std::strerror(error));
  connecting_ = false;
  loop_.change(descriptor_, *this, EPOLLIN);
  opened();
}

void connection::read() {
  auto& buffer = loop_.received();
  const auto count = recv(descriptor_, buffer.data(), buffer.size(), 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (count <= 0)
    return fail(count == 0 ? "closed by the server" : std::strerror(errno));
  const std::string_view bytes{buffer.data(), static_cast<std::size_t>(count)};
  if (input_.empty()) {
    const auto taken = receive(bytes);
    if (is_open())
      input_.assign(bytes.substr(taken));
  } else {
    input_.append(bytes);
    const auto taken = receive(input_);
    if (is_open())
      input_.erase(0, taken);
  }
}

void connection::send(std::string_view bytes) {
  if (!is_open())
    return;
  const bool waits = !output_.empty();
  output_.append(bytes);
  if (!waits)
    flush();
}

void connection::flush() {
  const auto sent = ::send(descriptor_, output_.data(), output_.size(), MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN)
    return fail(std::strerror(errno));
  output_.erase(0, sent < 0 ? 0 : static_cast<std::size_t>(sent));
  if (output_.empty() == !waits_writable_)
    return;
  waits_writable_ = !output_.empty();
  loop_.change(descriptor_, *this, waits_writable_ ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

void connection::fail(std::string_view why) {
  if (!is_open())
    return;
  close();
  ended(why);
}

void connection::close() noexcept {
  if (is_open())
    ::close(descriptor_);
  descriptor_ = -1;
  connecting_ = false;
  output_.clear();
}

} // namespace troupe::bench
