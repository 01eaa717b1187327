#include <utility>

#include "transports/duplex.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <boost/system/system_error.hpp>

#include <array>

#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

namespace troupe::transports {

namespace {

using boost::system::error_code;
using wait = boost::asio::posix::descriptor_base;

constexpr std::size_t pieces_per_write = 64;

} // namespace

duplex_ptr duplex::open(port_ptr port, int fd, admission place) {
  try {
    auto pipe = port->make_pipe(fd);
    return new duplex(std::move(port), std::move(pipe), std::move(place));
  } catch (const boost::system::system_error&) { // epoll is out of room
    ::close(fd);
    return nullptr;
  }
}

duplex::duplex(port_ptr port, std::unique_ptr<pipe> pipe, admission place)
  : port_(std::move(port)), pipe_(std::move(pipe)), readiness_(port_->context(), pipe_->fd()),
    place_(std::move(place)) {}

duplex::~duplex() {
  close();
}

// -- reading ------------------------------------------------------------------

io_result duplex::read(std::span<char> into) {
  if (!pipe_)
    return {0, boost::asio::error::operation_aborted};
  const io_result result = pipe_->read(into);
  if (result.bytes != 0)
    port_->count(transport_event::bytes_in, result.bytes);
  return result;
}

void duplex::wait_readable() {
  if (waits_readable_ || !pipe_)
    return;
  waits_readable_ = true;
  readiness_.async_wait(wait::wait_read, [self = duplex_ptr(this)](error_code) {
    self->waits_readable_ = false;
    if (self->pipe_ && self->owner_)
      self->owner_->on_readable();
  });
}

// -- writing ------------------------------------------------------------------

bool duplex::flush() {
  while (!outbox_.empty() && !waits_writable_ && !broken_ && pipe_)
    if (!write_once())
      break;
  return outbox_.empty() && !broken_;
}

bool duplex::write_once() {
  std::array<iovec, pieces_per_write> pieces;
  const std::size_t n = outbox_.gather(pieces);
  const io_result result = pipe_->write({pieces.data(), n});
  if (result.bytes != 0) {
    outbox_.consume(result.bytes);
    port_->count(transport_event::bytes_out, result.bytes);
  }
  if (!result.error)
    return true;
  if (result.error == boost::asio::error::would_block)
    wait_writable();
  else
    fail(result.error);
  return false;
}

void duplex::wait_writable() {
  waits_writable_ = true;
  readiness_.async_wait(wait::wait_write, [self = duplex_ptr(this)](error_code) {
    self->waits_writable_ = false;
    self->flush_and_tell();
  });
}

void duplex::flush_soon() {
  if (flushes_soon_ || !pipe_)
    return;
  flushes_soon_ = true;
  boost::asio::post(port_->context(), [self = duplex_ptr(this)] {
    self->flushes_soon_ = false;
    self->flush_and_tell();
  });
}

void duplex::flush_and_tell() {
  if (!pipe_ || broken_)
    return;
  flush();
  if (owner_ && !broken_)
    owner_->on_written();
}

void duplex::fail(error_code error) {
  broken_ = true;
  outbox_.clear();
  boost::asio::post(port_->context(), [self = duplex_ptr(this), error] {
    if (self->pipe_ && self->owner_)
      self->owner_->on_broken(error);
  });
}

std::size_t duplex::kernel_backlog() const {
  int bytes = 0;
  if (pipe_)
    ::ioctl(pipe_->fd(), SIOCOUTQ, &bytes);
  return static_cast<std::size_t>(bytes);
}

void duplex::finish_sending() {
  if (pipe_ && !broken_)
    pipe_->finish_sending();
}

// -- ending -------------------------------------------------------------------

void duplex::close(bool reset) {
  if (!pipe_)
    return;
  owner_ = nullptr;
  const int fd = readiness_.release();
  pipe_.reset();
  outbox_.clear();
  if (reset) {
    const ::linger now{1, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }
  ::close(fd);
  place_ = {};
  port_->count(transport_event::connection_closed);
}

bool duplex::peer_is_gone() const {
  if (!pipe_)
    return true;
  pollfd state{pipe_->fd(), POLLRDHUP, 0};
  return ::poll(&state, 1, 0) > 0;
}

std::pair<int, admission> duplex::release() {
  owner_ = nullptr;
  const int fd = readiness_.release();
  pipe_.reset();
  return {fd, std::move(place_)};
}

} // namespace troupe::transports
