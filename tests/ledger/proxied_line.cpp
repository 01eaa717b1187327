#include "tests/ledger/proxied_line.hpp"

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <utility>

namespace troupe::ledger {

namespace asio = boost::asio;
using boost::system::error_code;

proxied_line::proxied_line(tcp::socket client, fate of, std::function<void(harm)> harmed)
    : client_(std::move(client)), server_(client_.get_executor()), fate_(std::move(of)), harmed_(std::move(harmed)),
      stall_(client_.get_executor()) {
  down_.from = up_.to = &server_;
  down_.to = up_.from = &client_;
}

void proxied_line::open(const tcp::endpoint& server) {
  server_.async_connect(server, [self = shared_from_this()](error_code error) {
    if (error || self->gone_)
      return self->cut();
    error_code ignored;
    self->client_.set_option(tcp::no_delay{true}, ignored);
    self->server_.set_option(tcp::no_delay{true}, ignored);
    self->read(self->down_);
    self->read(self->up_);
  });
}

// -- one way ------------------------------------------------------------------

void proxied_line::read(direction& way) {
  way.from->async_read_some(asio::buffer(way.bytes), [self = shared_from_this(), &way](error_code error, std::size_t n) {
    self->on_read(way, error, n);
  });
}

void proxied_line::on_read(direction& way, error_code error, std::size_t n) {
  if (gone_)
    return;
  if (error && error != asio::error::eof)
    return cut();
  way.ended = way.ended || error == asio::error::eof;
  way.size = n;
  way.written = 0;
  write(way);
}

/// Now, or when it is not stalled any more, and after its delay.
void proxied_line::write(direction& way) {
  way.waits = way.stalled;
  if (way.stalled)
    return;
  if (way.size == way.written)
    return way.ended ? tell_end(way) : read(way);
  if (fate_.delay.count() == 0)
    return write_piece(way);
  auto timer = std::make_shared<asio::steady_timer>(client_.get_executor(), fate_.delay);
  timer->async_wait([self = shared_from_this(), timer, &way](error_code) {
    if (!self->gone_)
      self->write_piece(way);
  });
}

void proxied_line::write_piece(direction& way) {
  const auto rest = way.size - way.written;
  const auto n = fate_.piece == 0 ? rest : std::min(rest, fate_.piece);
  way.to->async_write_some(asio::buffer(way.bytes.data() + way.written, n),
                           [self = shared_from_this(), &way](error_code error, std::size_t done) {
                             self->on_written(way, error, done);
                           });
}

void proxied_line::on_written(direction& way, error_code error, std::size_t n) {
  if (gone_)
    return;
  if (error && way.told_end) { // what still comes for who was told that it is over
    way.written = way.size;
    return read(way);
  }
  if (error)
    return cut();
  way.written += n;
  passed_ += n;
  if (meet_fate())
    write(way);
}

void proxied_line::tell_end(direction& way) {
  error_code ignored;
  if (!std::exchange(way.told_end, true))
    way.to->shutdown(tcp::socket::shutdown_send, ignored);
  close_if_over();
}

void proxied_line::close_if_over() {
  if (!down_.ended || !up_.ended || gone_)
    return;
  gone_ = true;
  stall_.cancel();
  error_code ignored;
  client_.close(ignored);
  server_.close(ignored);
}

// -- what goes wrong ----------------------------------------------------------

bool proxied_line::meet_fate() {
  while (!gone_ && next_ < fate_.mishaps.size() && fate_.mishaps[next_].after <= passed_)
    suffer(fate_.mishaps[next_++]);
  return !gone_;
}

void proxied_line::suffer(const mishap& one) {
  harmed_(one.what);
  switch (one.what) {
  case harm::cut: return cut();
  case harm::finish:
    tell_end(down_);
    return tell_end(up_);
  case harm::finish_client: return tell_end(down_);
  case harm::finish_server: return tell_end(up_);
  case harm::stall: return stall(true, true, one.lasting);
  case harm::stall_to_client: return stall(true, false, one.lasting);
  case harm::stall_to_server: return stall(false, true, one.lasting);
  }
}

void proxied_line::stall(bool to_client, bool to_server, std::chrono::milliseconds lasting) {
  down_.stalled = down_.stalled || to_client;
  up_.stalled = up_.stalled || to_server;
  stall_.expires_after(lasting);
  stall_.async_wait([self = shared_from_this()](error_code error) {
    if (error == asio::error::operation_aborted || self->gone_) // another stall follows, or all is over
      return;
    self->go_on(self->down_);
    self->go_on(self->up_);
  });
}

void proxied_line::go_on(direction& way) {
  way.stalled = false;
  if (!gone_ && std::exchange(way.waits, false))
    write(way);
}

void proxied_line::calm() {
  if (gone_)
    return;
  next_ = fate_.mishaps.size();
  stall_.cancel();
  go_on(down_);
  go_on(up_);
}

void proxied_line::cut() {
  if (std::exchange(gone_, true))
    return;
  stall_.cancel();
  error_code ignored;
  for (auto* side : {&client_, &server_}) {
    side->set_option(asio::socket_base::linger{true, 0}, ignored);
    side->close(ignored);
  }
}

} // namespace troupe::ledger
