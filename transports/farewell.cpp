#include <utility>

#include "transports/farewell.hpp"

#include <boost/asio/error.hpp>

namespace troupe::transports {

void farewell::say(port& port, duplex_ptr line) {
  if (!line->is_open())
    return;
  line->finish_sending();
  auto* self = new farewell(std::move(line));
  self->port_ = &port;
  self->line_->set_owner(self);
  port.settle(*self);
  port.within_closing_time(*self);
  self->line_->wait_readable();
}

void farewell::on_readable() {
  const io_result result = line_->read(port_->scratch());
  if (result.error && result.error != boost::asio::error::would_block)
    return end();
  line_->wait_readable();
}

void farewell::end() {
  line_->close();
  delete this;
}

} // namespace troupe::transports
