#include <utility>

#include "transports/socket_stream.hpp"

#include <boost/asio/error.hpp>

#include <cerrno>

#include <sys/socket.h>
#include <sys/uio.h>

namespace troupe::transports {

namespace {

io_result failed(int error) {
  if (error == EAGAIN || error == EWOULDBLOCK)
    return {0, boost::asio::error::would_block};
  return {0, {error, boost::system::system_category()}};
}

} // namespace

io_result socket_stream::read(std::span<char> into) {
  for (;;) {
    const auto n = ::recv(fd_, into.data(), into.size(), MSG_DONTWAIT);
    if (n > 0)
      return {static_cast<std::size_t>(n), {}};
    if (n == 0)
      return {0, boost::asio::error::eof};
    if (errno != EINTR)
      return failed(errno);
  }
}

io_result socket_stream::write(std::span<const iovec> from) {
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(from.data());
  message.msg_iovlen = from.size();
  for (;;) {
    const auto n = ::sendmsg(fd_, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n >= 0)
      return {static_cast<std::size_t>(n), {}};
    if (errno != EINTR)
      return failed(errno);
  }
}

void socket_stream::finish_sending() {
  ::shutdown(fd_, SHUT_WR);
}

} // namespace troupe::transports
