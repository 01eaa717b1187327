#include "tests/ledger/tcp_line.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <utility>

namespace troupe::ledger {

namespace asio = boost::asio;
using boost::system::error_code;

void tcp_line::open(std::uint16_t port) {
  socket_.async_connect({asio::ip::address_v4::loopback(), port}, [self = shared_from_this()](error_code error) {
    if (error)
      return self->end();
    error_code ignored;
    self->socket_.set_option(tcp::no_delay{true}, ignored);
    self->stands_ = true;
    self->write();
    self->read();
  });
}

void tcp_line::send(std::string_view bytes) {
  waiting_ += bytes;
  write();
}

void tcp_line::write() {
  if (!stands_ || !writing_.empty() || waiting_.empty())
    return;
  writing_ = std::exchange(waiting_, {});
  asio::async_write(socket_, asio::buffer(writing_), [self = shared_from_this()](error_code error, std::size_t) {
    self->writing_.clear();
    if (error)
      return self->end();
    self->write();
  });
}

void tcp_line::read() {
  if (left_)
    return;
  socket_.async_read_some(asio::buffer(bytes_), [self = shared_from_this()](error_code error, std::size_t n) {
    if (self->left_)
      return;
    if (error)
      return self->end();
    self->on_bytes_({self->bytes_.data(), n});
    self->read();
  });
}

void tcp_line::end() {
  if (std::exchange(left_, true))
    return;
  close();
  on_end_();
}

void tcp_line::leave(how way) {
  if (std::exchange(left_, true))
    return;
  error_code ignored;
  if (way == how::by_reset)
    socket_.set_option(asio::socket_base::linger{true, 0}, ignored);
  if (way != how::quietly)
    close();
}

void tcp_line::close() {
  error_code ignored;
  socket_.close(ignored);
}

} // namespace troupe::ledger
