#include <utility>

#include "transports/lingering_close.hpp"

#include <boost/asio/error.hpp>

namespace troupe::transports {

void lingering_close::say(shard_io& io, tcp_stream_ptr tcp) {
  if (!tcp->is_open())
    return;
  tcp->finish_sending();
  auto* self = new lingering_close(std::move(tcp));
  self->io_ = &io;
  self->tcp_->set_owner(self);
  io.settle(*self);
  io.within_closing_time(*self);
  self->tcp_->wait_readable();
}

void lingering_close::on_readable() {
  const io_result result = tcp_->read(io_->scratch());
  if (result.error && result.error != boost::asio::error::would_block)
    return end();
  tcp_->wait_readable();
}

void lingering_close::end() {
  tcp_->close();
  delete this;
}

} // namespace troupe::transports
