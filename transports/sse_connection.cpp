#include <utility>

#include "transports/sse_connection.hpp"

#include "transports/contained.hpp"
#include "transports/farewell.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

namespace troupe::transports {

namespace {

constexpr std::string_view comment = ": \n\n";

} // namespace

std::shared_ptr<connection> sse_connection::open(port_ptr port, duplex_ptr line) {
  const std::shared_ptr<sse_connection> made(new sse_connection(std::move(port), std::move(line)));
  if (!made->line_ || !made->line_->is_open()) {
    made->line_ = nullptr;
    return made;
  }
  made->self_ = made;
  made->port_->settle(*made);
  made->line_->set_owner(made.get());
  made->line_->flush();
  made->line_->wait_readable();
  return made;
}

void sse_connection::set_user(connection_user* user) {
  user_ = user;
  if (!line_ && user)
    tell_closed_soon(); // but not from here
  else if (line_ && !user)
    boost::asio::post(port_->context(), [self = shared_from_this()] {
      if (!self->user_)
        self->close(protocol::close_code::normal, {});
    });
}

// -- writing ------------------------------------------------------------------

std::size_t sse_connection::queued() const {
  return line_ ? line_->out().size() : 0;
}

std::uint64_t sse_connection::sent() const {
  return line_ ? line_->out().taken() : 0;
}

std::size_t sse_connection::kernel_backlog() const {
  return line_ ? line_->kernel_backlog() : 0;
}

void sse_connection::write(slice shared) {
  if (takes_writes())
    line_->out().append(std::move(shared));
}

void sse_connection::write_private(std::string_view bytes) {
  if (takes_writes())
    line_->out().append(bytes);
}

bool sse_connection::flush() {
  if (!line_)
    return false;
  const bool all = line_->flush();
  blocked_ |= !all;
  if (all && ping_end_ != 0)
    line_->flush_soon(); // tells of the ping, but not from here
  return all;
}

void sse_connection::ping() {
  if (!takes_writes())
    return;
  line_->out().append(comment);
  ping_end_ = line_->out().appended();
  line_->flush_soon();
}

void sse_connection::on_written() {
  const auto self = shared_from_this();
  tell_ping_sent();
  if (!line_ || !line_->out().empty())
    return;
  if (closing_)
    return finish_close();
  if (std::exchange(blocked_, false) && user_ && !contained([&] { user_->on_writable(); }))
    abort();
}

void sse_connection::tell_ping_sent() {
  if (ping_end_ == 0 || line_->out().taken() < ping_end_)
    return;
  ping_end_ = 0;
  if (user_ && !contained([&] { user_->on_ping_sent(); }))
    abort();
}

// -- reading ------------------------------------------------------------------

void sse_connection::on_readable() {
  const auto self = shared_from_this();
  const io_result result = line_->read(port_->scratch());
  if (result.error && result.error != boost::asio::error::would_block)
    return end(false);
  line_->wait_readable();
  if (result.bytes != 0 && user_ && !contained([&] { user_->on_activity(); }))
    abort();
}

// -- ending -------------------------------------------------------------------

void sse_connection::close(protocol::close_code code, std::string_view reason) {
  if (!takes_writes())
    return;
  closing_ = true;
  code_ = code;
  reason_ = reason;
  port_->within_closing_time(*this);
  line_->flush();
  line_->flush_soon();
}

void sse_connection::finish_close() {
  farewell::say(*port_, std::exchange(line_, nullptr));
  end(false);
}

void sse_connection::abort() {
  if (!line_)
    return;
  line_->close(true);
  line_ = nullptr;
  tell_closed_soon();
}

void sse_connection::tell_closed_soon() {
  boost::asio::post(port_->context(), [self = shared_from_this()] { self->end(false); });
}

void sse_connection::on_broken(boost::system::error_code) {
  end(false);
}

void sse_connection::on_deadline() {
  end(true);
}

/// The last step: closes what is open, tells the user, lets go of itself.
void sse_connection::end(bool reset) {
  const auto self = shared_from_this();
  if (line_)
    line_->close(reset);
  line_ = nullptr;
  self_ = nullptr;
  leave_deadline();
  resident::unlink();
  if (auto* user = std::exchange(user_, nullptr))
    contained([&] { user->on_closed(code_, reason_); });
}

void sse_connection::evict() {
  user_ = nullptr;
  end(true);
}

} // namespace troupe::transports
