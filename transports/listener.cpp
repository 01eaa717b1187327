#include <utility>

#include "transports/listener.hpp"

#include "transports/http_connection.hpp"

#include <cerrno>

#include <unistd.h>

namespace troupe::transports {

namespace {

constexpr int accepts_per_batch = 64;
constexpr int accepts_when_closing = 100'000; // more than a backlog holds
constexpr std::size_t refusals_max = 32;   // told at the same time; the others are just closed
constexpr std::chrono::milliseconds rest_time{100};

/// Errors of a connection that is gone already, not of the listener (accept(2)).
bool is_of_the_client(int error) {
  switch (error) {
  case ECONNABORTED:
  case EINTR:
  case ENETDOWN:
  case EPROTO:
  case ENOPROTOOPT:
  case EHOSTDOWN:
  case ENONET:
  case EHOSTUNREACH:
  case EOPNOTSUPP:
  case ENETUNREACH:
  case EPERM:
    return true;
  default:
    return false;
  }
}

} // namespace

listener::listener(shard_io_ptr io, int fd, connection_slots where, std::size_t accepts_per_second)
    : io_(std::move(io)), socket_(io_->context(), fd), rest_(io_->context()), slots_(std::move(where)),
      pace_(accepts_per_second) {}

void listener::wait() {
  socket_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                     [weak = weak_from_this()](const boost::system::error_code& error) {
                       if (const auto self = weak.lock(); self && !error)
                         self->accept_batch();
                     });
}

void listener::accept_batch() {
  errno = 0;
  for (int n = 0; n < accepts_per_batch && socket_.is_open(); ++n) {
    const auto now = std::chrono::steady_clock::now();
    if (!pace_.may(now)) {
      paced_ = true;
      return rest(pace_.rest());
    }
    if (!accept_one())
      break;
    pace_.accepted(now);
    if (std::exchange(paced_, false)) // it did wait
      io_->count(transport_event::accepts_delayed);
  }
  paced_ = false;
  if (!socket_.is_open())
    return;
  if (errno == 0 || errno == EAGAIN || errno == EWOULDBLOCK)
    wait();
  else
    rest(rest_time);
}

/// False: none, as `errno` says.
bool listener::accept_one() {
  for (;;) {
    socket_address from;
    socklen_t size = sizeof(sockaddr_storage);
    const int fd = ::accept4(socket_.native_handle(), from.data(), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      admit(fd, from);
      errno = 0;
      return true;
    }
    if (!is_of_the_client(errno))
      return false;
  }
}

/// Out of files or memory, or fast enough: the clients wait in the backlog, and the loop does not spin.
void listener::rest(std::chrono::steady_clock::duration time) {
  rest_.expires_after(time);
  rest_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    if (const auto self = weak.lock(); self && !error)
      self->accept_batch();
  });
}

void listener::admit(int fd, const socket_address& from) {
  connection_permit permit = connection_permit::take(slots_.taken, slots_.max);
  if (permit)
    http_connection::open(io_, fd, from.text(), std::move(permit));
  else
    refuse(fd, from);
}

void listener::refuse(int fd, const socket_address& from) {
  io_->count(transport_event::connection_refused_limit);
  connection_permit permit = connection_permit::take(slots_.refused, refusals_max);
  if (permit)
    http_connection::open(io_, fd, from.text(), std::move(permit), true);
  else
    ::close(fd);
}

// -- ending -------------------------------------------------------------------

void listener::drain() {
  for (int n = 0; n < accepts_when_closing && socket_.is_open(); ++n)
    if (!accept_one())
      break;
  close();
}

void listener::close() {
  rest_.cancel();
  if (!socket_.is_open())
    return;
  ::close(socket_.release());
}

} // namespace troupe::transports
