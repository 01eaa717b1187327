#include "tests/transports/client.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace troupe::transports::test {

namespace {

constexpr std::chrono::duration<int, std::milli> stuck_after{300};

void set(int fd, int level, int option, const auto& value) { ::setsockopt(fd, level, option, &value, sizeof value); }

std::pair<sockaddr_storage, socklen_t> address_of(const char* text, std::uint16_t port) {
  std::pair<sockaddr_storage, socklen_t> at{};
  auto& v4 = reinterpret_cast<sockaddr_in&>(at.first);
  auto& v6 = reinterpret_cast<sockaddr_in6&>(at.first);
  if (::inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    at.second = sizeof v4;
  } else {
    ::inet_pton(AF_INET6, text, &v6.sin6_addr);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    at.second = sizeof v6;
  }
  return at;
}

} // namespace

client::client(std::uint16_t port, const char* address, int receive_buffer, int segment) {
  const auto [at, size] = address_of(address, port);
  fd_ = ::socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval limit{patience.count(), 0};
  set(fd_, SOL_SOCKET, SO_RCVTIMEO, limit);
  set(fd_, SOL_SOCKET, SO_SNDTIMEO, limit);
  set(fd_, IPPROTO_TCP, TCP_NODELAY, 1);
  if (receive_buffer != 0)
    set(fd_, SOL_SOCKET, SO_RCVBUF, receive_buffer);
  if (segment != 0)
    set(fd_, IPPROTO_TCP, TCP_MAXSEG, segment);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&at), size) != 0)
    throw std::runtime_error("the test's client cannot connect");
}

void client::set_receive_buffer(int bytes) { set(fd_, SOL_SOCKET, SO_RCVBUF, bytes); }

client::~client() {
  if (fd_ >= 0)
    ::close(fd_);
}

client::client(client&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), reset_(other.reset_), held_(std::move(other.held_)) {}

bool client::send(std::string_view bytes, std::size_t step) {
  while (!bytes.empty()) {
    const auto n = ::send(fd_, bytes.data(), std::min(step, bytes.size()), MSG_NOSIGNAL);
    if (n <= 0)
      return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

std::size_t client::send_until_stuck(std::string_view bytes) {
  std::size_t sent = 0;
  for (;;) {
    pollfd state{fd_, POLLOUT, 0};
    if (sent == bytes.size() || ::poll(&state, 1, stuck_after.count()) <= 0)
      return sent;
    const auto n = ::send(fd_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    sent += n > 0 ? static_cast<std::size_t>(n) : 0;
  }
}

bool client::readable_within(std::chrono::milliseconds time) const {
  pollfd state{fd_, POLLIN, 0};
  return ::poll(&state, 1, static_cast<int>(time.count())) > 0;
}

bool client::fill() {
  std::array<char, 65536> into;
  const auto n = ::recv(fd_, into.data(), into.size(), 0);
  if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
    throw std::runtime_error("the server says nothing");
  if (n < 0)
    reset_ = true;
  if (n <= 0)
    return false;
  held_.append(into.data(), static_cast<std::size_t>(n));
  return true;
}

std::string client::read(std::size_t n) {
  while (held_.size() < n && fill()) {
  }
  const std::string out = held_.substr(0, n);
  held_.erase(0, out.size());
  if (held_.empty())
    std::string().swap(held_); // tests measure memory
  return out;
}

std::string client::read_until(std::string_view end) {
  std::size_t at = held_.find(end);
  while (at == std::string::npos && fill())
    at = held_.find(end);
  return read(at == std::string::npos ? held_.size() : at + end.size());
}

std::string client::read_to_end() {
  while (fill()) {
  }
  return std::exchange(held_, {});
}

bool client::ended() { return held_.empty() && !fill(); }

answer client::response(bool head) {
  answer a;
  std::string block = read_until("\r\n\r\n");
  if (!block.starts_with("HTTP/1.1 "))
    return a;
  a.status = static_cast<unsigned>(std::stoul(block.substr(9, 3)));
  for (std::size_t line = block.find("\r\n") + 2; line + 2 < block.size();) {
    const std::size_t end = block.find("\r\n", line);
    const std::size_t colon = block.find(": ", line);
    std::string name = block.substr(line, colon - line);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    a.headers[name] = block.substr(colon + 2, end - colon - 2);
    line = end + 2;
  }
  if (a.status < 200)
    return a;
  if (const auto length = a.headers.find("content-length"); length != a.headers.end() && !head)
    a.body = read(std::stoul(length->second));
  return a;
}

void client::finish_sending() { ::shutdown(fd_, SHUT_WR); }

void client::reset() {
  set(fd_, SOL_SOCKET, SO_LINGER, linger{1, 0});
  ::close(std::exchange(fd_, -1));
}

std::uint16_t client::local_port() const {
  sockaddr_storage at{};
  socklen_t size = sizeof at;
  ::getsockname(fd_, reinterpret_cast<sockaddr*>(&at), &size);
  return ntohs(at.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(at).sin6_port
                                        : reinterpret_cast<sockaddr_in&>(at).sin_port);
}

std::string get(std::string_view target, std::string_view more_headers) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(more_headers) + "\r\n";
}

std::string post(std::string_view target, std::string_view body, std::string_view more_headers) {
  return "POST " + std::string(target) +
         " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string(more_headers) + "\r\n" + std::string(body);
}

} // namespace troupe::transports::test
