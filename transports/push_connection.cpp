#include <utility>

#include "transports/push_connection.hpp"

#include "transports/catch_all.hpp"
#include "transports/lingering_close.hpp"

#include <boost/asio/post.hpp>

namespace troupe::transports {

void push_connection::settle() {
  self_ = shared_from_this();
  io_->settle(*this);
  tcp_->set_owner(this);
}

// -- writing ------------------------------------------------------------------

void push_connection::write(slice shared) {
  if (takes_writes())
    tcp_->out().append(std::move(shared));
}

void push_connection::write_private(std::string_view bytes) {
  if (takes_writes())
    tcp_->out().append(bytes);
}

bool push_connection::flush() {
  if (!tcp_)
    return false;
  const bool all = tcp_->flush();
  blocked_ |= !all;
  if (all && ping_end_ != 0)
    tcp_->flush_soon(); // tells of the ping, but not from here
  return all;
}

void push_connection::queue_ping(std::string_view bytes) {
  if (!takes_writes())
    return;
  tcp_->out().append(bytes);
  ping_end_ = tcp_->out().appended();
  tcp_->flush_soon();
}

bool push_connection::all_written() {
  tell_ping_sent();
  return tcp_ && tcp_->out().empty();
}

// -- telling ------------------------------------------------------------------

template <class F>
void push_connection::tell(F&& what) {
  if (user_ && !catch_all([&] { what(*user_); }))
    abort();
}

void push_connection::tell_ping_sent() {
  if (ping_end_ == 0 || !tcp_ || tcp_->out().taken() < ping_end_)
    return;
  ping_end_ = 0;
  tell([](connection_user& user) { user.on_ping_sent(); });
}

void push_connection::tell_writable() {
  if (std::exchange(blocked_, false))
    tell([](connection_user& user) { user.on_writable(); });
}

void push_connection::tell_pong() {
  tell([](connection_user& user) { user.on_pong(); });
}

void push_connection::tell_activity() {
  tell([](connection_user& user) { user.on_activity(); });
}

// -- ending -------------------------------------------------------------------

void push_connection::begin_closing() {
  tcp_->begin_pace();
  io_->within_closing_time(*this);
}

void push_connection::on_deadline() {
  if (!tcp_->out().empty() && tcp_->keeps_pace(io_->least_in(io_->limits().closing_timeout)))
    return io_->within_closing_time(*this);
  end(true);
}

void push_connection::part() {
  lingering_close::say(*io_, std::exchange(tcp_, nullptr));
  end(false);
}

void push_connection::abort() {
  if (!tcp_)
    return;
  tcp_->close(true);
  tcp_ = nullptr;
  end_soon();
}

void push_connection::end_soon() {
  boost::asio::post(io_->context(), [self = shared_from_this()] { self->end(false); });
}

void push_connection::end(bool reset) {
  const auto self = shared_from_this();
  if (tcp_)
    tcp_->close(reset);
  tcp_ = nullptr;
  on_ended();
  self_ = nullptr;
  leave_deadline();
  tracked_connection::unlink();
  if (auto* user = std::exchange(user_, nullptr))
    catch_all([&] { user->on_closed(code_, reason_); });
}

void push_connection::evict() {
  user_ = nullptr;
  end(true);
}

} // namespace troupe::transports
