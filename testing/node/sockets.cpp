#include "testing/node/sockets.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors::testing {

using protocol::close_code;

// -- what the peer does -------------------------------------------------------

void test_connection::peer_says(std::string_view bytes, bool text) {
  if (!user_ || !open_)
    return;
  user_->on_activity();
  if (user_)
    user_->on_message(bytes, text);
}

void test_connection::peer_pongs() {
  if (user_ && open_)
    user_->on_activity();
  if (user_ && open_)
    user_->on_pong();
}

void test_connection::peer_closes(close_code code, std::string_view reason) {
  if (open_)
    end(code, reason);
}

void test_connection::read_again() {
  reads_ = true;
  flush();
  tell_if_writable();
}

void test_connection::takes(std::size_t bytes) {
  if (reads_)
    return;
  room_ += std::min(bytes, kernel_bytes - room_);
  flush();
  if (queued_.empty())
    tell_if_writable();
}

void test_connection::tell_if_writable() {
  if (!std::exchange(blocked_, false))
    return;
  node_.post([self = shared_from_this()] {
    if (self->user_ && self->open_)
      self->user_->on_writable();
  });
}

// -- connection ---------------------------------------------------------------

void test_connection::write_private(std::string_view bytes) {
  if (!open_)
    return;
  queued_ += bytes;
  queued_most_ = std::max(queued_most_, queued_.size());
}

void test_connection::write(transports::slice shared) {
  write_private(shared.bytes);
  if (open_)
    pins_.push_back({arrived_.size() + queued_.size(), std::move(shared.owner)});
}

bool test_connection::flush() {
  const auto taken = reads_ ? queued_.size() : std::min(queued_.size(), room_);
  arrived_ += queued_.substr(0, taken);
  queued_.erase(0, taken);
  while (!pins_.empty() && pins_.front().until <= arrived_.size())
    pins_.pop_front();
  if (!reads_)
    room_ -= taken;
  blocked_ = blocked_ || !queued_.empty();
  send_ping();
  return queued_.empty();
}

void test_connection::ping() {
  ++pings_;
  ping_waits_ = true;
  send_ping();
}

/// Behind what is queued.
void test_connection::send_ping() {
  constexpr std::size_t bytes = 4;
  if (!ping_waits_ || !queued_.empty() || (!reads_ && room_ < bytes))
    return;
  ping_waits_ = false;
  ping_bytes_ += bytes;
  if (!reads_)
    room_ -= bytes;
  node_.post([self = shared_from_this()] {
    if (self->user_ && self->open_)
      self->user_->on_ping_sent();
    if (self->answers_pings_)
      self->peer_pongs();
  });
}

void test_connection::close(close_code code, std::string_view reason) {
  if (!open_)
    return;
  flush();
  end(code, reason);
}

void test_connection::abort() {
  if (open_)
    end(close_code::none, "aborted");
}

void test_connection::end(close_code code, std::string_view reason) {
  open_ = false;
  pins_.clear();
  code_ = code;
  reason_ = reason;
  node_.post([self = shared_from_this()] {
    if (auto* user = std::exchange(self->user_, nullptr))
      user->on_closed(self->code_, self->reason_);
  });
}

// -- test_exchange ------------------------------------------------------------

void test_exchange::give_up() {
  if (std::exchange(gone_, true) || !waiting())
    return;
  if (abandoned_)
    std::exchange(abandoned_, nullptr)();
}

void test_exchange::respond(transports::http_response response, std::function<void(bool)> done) {
  if (!waiting())
    return;
  const bool arrives = !broken_ && !gone_;
  while (response.rest)
    if (const auto more = response.rest->read(64 * 1024); more.empty())
      response.rest = nullptr;
    else
      response.body += more;
  response_ = std::move(response);
  abandoned_ = nullptr;
  if (done && arrives)
    done(true);
  else if (done)
    node_.post([done = std::move(done)] { done(false); });
}

void test_exchange::hang_up() {
  if (waiting())
    hung_up_ = true;
  abandoned_ = nullptr;
}

std::shared_ptr<transports::connection> test_exchange::upgrade(const transports::upgrade_accepted& how) {
  if (!waiting() || gone_)
    return nullptr;
  web_socket_ = std::make_shared<test_connection>(node_);
  subprotocol_ = how.subprotocol;
  abandoned_ = nullptr;
  return web_socket_;
}

std::shared_ptr<transports::connection> test_exchange::stream(transports::http_response head) {
  stream_ = std::make_shared<test_connection>(node_);
  head_ = std::move(head);
  abandoned_ = nullptr;
  if (gone_)
    stream_->abort();
  return stream_;
}

} // namespace troupe::actors::testing
