#include <utility>

#include "transports/line_connection.hpp"

#include "transports/contained.hpp"
#include "transports/farewell.hpp"

#include <boost/asio/post.hpp>

namespace troupe::transports {

void line_connection::settle() {
  self_ = shared_from_this();
  port_->settle(*this);
  line_->set_owner(this);
}

// -- writing ------------------------------------------------------------------

void line_connection::write(slice shared) {
  if (takes_writes())
    line_->out().append(std::move(shared));
}

void line_connection::write_private(std::string_view bytes) {
  if (takes_writes())
    line_->out().append(bytes);
}

bool line_connection::flush() {
  if (!line_)
    return false;
  const bool all = line_->flush();
  blocked_ |= !all;
  if (all && ping_end_ != 0)
    line_->flush_soon(); // tells of the ping, but not from here
  return all;
}

void line_connection::queue_ping(std::string_view bytes) {
  if (!takes_writes())
    return;
  line_->out().append(bytes);
  ping_end_ = line_->out().appended();
  line_->flush_soon();
}

bool line_connection::all_written() {
  tell_ping_sent();
  return line_ && line_->out().empty();
}

// -- telling ------------------------------------------------------------------

template <class F>
void line_connection::tell(F&& what) {
  if (user_ && !contained([&] { what(*user_); }))
    abort();
}

void line_connection::tell_ping_sent() {
  if (ping_end_ == 0 || !line_ || line_->out().taken() < ping_end_)
    return;
  ping_end_ = 0;
  tell([](connection_user& user) { user.on_ping_sent(); });
}

void line_connection::tell_writable() {
  if (std::exchange(blocked_, false))
    tell([](connection_user& user) { user.on_writable(); });
}

void line_connection::tell_activity() {
  tell([](connection_user& user) { user.on_activity(); });
}

// -- ending -------------------------------------------------------------------

void line_connection::part() {
  farewell::say(*port_, std::exchange(line_, nullptr));
  end(false);
}

void line_connection::abort() {
  if (!line_)
    return;
  line_->close(true);
  line_ = nullptr;
  end_soon();
}

void line_connection::end_soon() {
  boost::asio::post(port_->context(), [self = shared_from_this()] { self->end(false); });
}

void line_connection::end(bool reset) {
  const auto self = shared_from_this();
  if (line_)
    line_->close(reset);
  line_ = nullptr;
  on_ended();
  self_ = nullptr;
  leave_deadline();
  resident::unlink();
  if (auto* user = std::exchange(user_, nullptr))
    contained([&] { user->on_closed(code_, reason_); });
}

void line_connection::evict() {
  user_ = nullptr;
  end(true);
}

} // namespace troupe::transports
