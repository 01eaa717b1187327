#include <utility>

#include "transports/tcp_stream.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <boost/system/system_error.hpp>

#include <algorithm>
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

tcp_stream_ptr tcp_stream::open(shard_io_ptr io, int fd, connection_permit permit) {
  try {
    auto bytes = io->make_byte_stream(fd);
    return new tcp_stream(std::move(io), std::move(bytes), std::move(permit));
  } catch (const boost::system::system_error&) { // epoll is out of room
    ::close(fd);
    return nullptr;
  }
}

tcp_stream::tcp_stream(shard_io_ptr io, std::unique_ptr<byte_stream> bytes, connection_permit permit)
  : io_(std::move(io)), bytes_(std::move(bytes)), readiness_(io_->context(), bytes_->fd()),
    permit_(std::move(permit)) {}

tcp_stream::~tcp_stream() {
  close();
}

// -- reading ------------------------------------------------------------------

io_result tcp_stream::read(std::span<char> into) {
  if (!bytes_)
    return {0, boost::asio::error::operation_aborted};
  const io_result result = bytes_->read(into);
  if (result.bytes != 0)
    io_->count(transport_event::bytes_in, result.bytes);
  return result;
}

void tcp_stream::wait_readable() {
  if (waits_readable_ || !bytes_)
    return;
  waits_readable_ = true;
  readiness_.async_wait(wait::wait_read, [self = tcp_stream_ptr(this)](error_code) {
    self->waits_readable_ = false;
    if (self->bytes_ && self->owner_)
      self->owner_->on_readable();
  });
}

// -- writing ------------------------------------------------------------------

bool tcp_stream::flush() {
  while (!outbox_.empty() && !waits_writable_ && !broken_ && bytes_)
    if (!write_once())
      break;
  return outbox_.empty() && !broken_;
}

bool tcp_stream::write_once() {
  std::array<iovec, pieces_per_write> pieces;
  const std::size_t n = outbox_.gather(pieces);
  const io_result result = bytes_->write({pieces.data(), n});
  if (result.bytes != 0) {
    outbox_.consume(result.bytes);
    io_->count(transport_event::bytes_out, result.bytes);
  }
  if (!result.error)
    return true;
  if (result.error == boost::asio::error::would_block)
    wait_writable();
  else
    fail(result.error);
  return false;
}

void tcp_stream::wait_writable() {
  waits_writable_ = true;
  readiness_.async_wait(wait::wait_write, [self = tcp_stream_ptr(this)](error_code) {
    self->waits_writable_ = false;
    self->flush_and_tell();
  });
}

void tcp_stream::flush_soon() {
  if (flushes_soon_ || !bytes_)
    return;
  flushes_soon_ = true;
  boost::asio::post(io_->context(), [self = tcp_stream_ptr(this)] {
    self->flushes_soon_ = false;
    self->flush_and_tell();
  });
}

void tcp_stream::flush_and_tell() {
  if (!bytes_ || broken_)
    return;
  flush();
  if (owner_ && !broken_)
    owner_->on_written();
}

void tcp_stream::fail(error_code error) {
  broken_ = true;
  outbox_.clear();
  boost::asio::post(io_->context(), [self = tcp_stream_ptr(this), error] {
    if (self->bytes_ && self->owner_)
      self->owner_->on_broken(error);
  });
}

std::size_t tcp_stream::kernel_backlog() const {
  int bytes = 0;
  if (bytes_)
    ::ioctl(bytes_->fd(), SIOCOUTQ, &bytes);
  return static_cast<std::size_t>(bytes);
}

std::uint64_t tcp_stream::acknowledged() const {
  const std::uint64_t taken = outbox_.taken();
  return taken - std::min<std::uint64_t>(taken, kernel_backlog());
}

bool tcp_stream::keeps_pace(std::uint64_t bytes) {
  const std::uint64_t before = std::exchange(paced_, acknowledged());
  return paced_ - before >= bytes;
}

void tcp_stream::finish_sending() {
  if (bytes_ && !broken_)
    bytes_->finish_sending();
}

// -- ending -------------------------------------------------------------------

void tcp_stream::close(bool reset) {
  if (!bytes_)
    return;
  owner_ = nullptr;
  const int fd = readiness_.release();
  bytes_.reset();
  outbox_.clear();
  if (reset) {
    const ::linger now{1, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }
  ::close(fd);
  permit_ = {};
  io_->count(transport_event::connection_closed);
}

namespace {

bool has_happened(int fd, short events) {
  pollfd state{fd, events, 0};
  return ::poll(&state, 1, 0) > 0; // errors always count
}

} // namespace

bool tcp_stream::peer_has_finished() const { return !bytes_ || has_happened(bytes_->fd(), POLLRDHUP); }

bool tcp_stream::peer_is_gone() const { return !bytes_ || has_happened(bytes_->fd(), 0); }

std::pair<int, connection_permit> tcp_stream::release() {
  owner_ = nullptr;
  const int fd = readiness_.release();
  bytes_.reset();
  return {fd, std::move(permit_)};
}

} // namespace troupe::transports
