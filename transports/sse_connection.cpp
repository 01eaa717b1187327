#include <utility>

#include "transports/sse_connection.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

namespace troupe::transports {

namespace {

constexpr std::string_view comment = ": \n\n";

} // namespace

std::shared_ptr<connection> sse_connection::open(shard_io_ptr io, tcp_stream_ptr tcp) {
  const std::shared_ptr<sse_connection> made(new sse_connection(std::move(io), std::move(tcp)));
  if (!made->tcp_ || !made->tcp_->is_open()) {
    made->tcp_ = nullptr;
    return made;
  }
  made->settle();
  made->tcp_->flush_soon(); // the head, with what the user says at once
  made->tcp_->wait_readable();
  return made;
}

void sse_connection::set_user(connection_user* user) {
  user_ = user;
  if (!tcp_ && user)
    end_soon(); // says so, but not from here
  else if (tcp_ && !user)
    boost::asio::post(io_->context(), [this, self = shared_from_this()] {
      if (!user_)
        close(protocol::close_code::normal, {});
    });
}

void sse_connection::ping() { queue_ping(comment); }

void sse_connection::on_written() {
  const auto self = shared_from_this();
  if (!all_written())
    return;
  if (closing_)
    part();
  else
    tell_writable();
}

void sse_connection::on_readable() {
  const auto self = shared_from_this();
  const io_result result = tcp_->read(io_->scratch());
  if (result.error && result.error != boost::asio::error::would_block)
    return end(false);
  tcp_->wait_readable();
  if (result.bytes != 0)
    tell_activity();
}

void sse_connection::close(protocol::close_code code, std::string_view reason) {
  if (!takes_writes())
    return;
  closing_ = true;
  code_ = code;
  reason_ = reason;
  begin_closing();
  tcp_->flush();
  tcp_->flush_soon();
}

} // namespace troupe::transports
