#include <utility>

#include "transports/websocket_connection.hpp"

#include "transports/catch_all.hpp"
#include "transports/control_frame.hpp"
#include "transports/frame_reader.hpp"
#include "transports/http_upgrade.hpp"
#include "transports/push_connection.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

namespace troupe::transports {

namespace {

using protocol::close_code;

constexpr std::size_t pong_bytes_max = 4096; // unsent; past it the client is not read

///   talking ── close() ──► closing ── peer's close frame ──► finishing ── all written ──► over
///      └────── peer's close frame, or a broken rule ────────────┘
enum class phase : std::uint8_t { talking, closing, finishing };

/// Reads frames out of the loop's scratch buffer, and writes what is framed already.
///
/// A client is not read while its user wants no message, or while it does not take its pongs; what was read by then is
/// held, at most one reading. Owner: itself. Thread: the I/O thread of its shard.
class websocket_connection final : public push_connection, public transfer {
 public:
  websocket_connection(shard_io_ptr io, tcp_stream_ptr tcp, std::size_t message_bytes_max, std::string early)
      : push_connection(std::move(io), std::move(tcp)), frames_(message_bytes_max), held_(std::move(early)) {}

  void open(std::string_view key, std::string_view subprotocol);

  void set_user(connection_user* user) override;
  void ping() override { queue_ping(ping_frame); }
  void read(bool wanted) override;
  void close(close_code code, std::string_view reason) override;

 private:
  void on_readable() override;
  void on_written() override;
  void on_ended() override { io_->hold(*this, 0); }
  [[nodiscard]] bool takes_writes() noexcept override { return tcp_ && !sealed_; }
  [[nodiscard]] std::uint64_t moved() const override { return frames_.held() + held_.size(); }
  void cut_off() override { abort(); }

  [[nodiscard]] bool is_read() const noexcept;
  void resume();
  void read_some();
  void take(std::span<char> bytes);
  void on_event(frame_reader::event what);
  void deliver();
  void answer_ping();
  void on_peer_close();
  void send_close(close_code code, std::string_view reason);
  void break_off();
  void finish();

  frame_reader frames_;
  std::string held_;            // read, not yet looked at
  std::uint64_t pongs_end_ = 0; // position in the outbox behind the last pong
  std::size_t pong_bytes_ = 0;  // written since all were sent
  phase phase_ = phase::talking;
  bool paused_ = false;
  bool sealed_ = false; // a close frame was queued: nothing follows
  bool unread_ = false; // more may be in the kernel
};

// -- opening ------------------------------------------------------------------

void websocket_connection::open(std::string_view key, std::string_view subprotocol) {
  settle();
  io_->within_closing_time(*this); // to be taken by a user
  tcp_->out().append(upgrade_text(key, subprotocol, io_->date()));
}

void websocket_connection::set_user(connection_user* user) {
  user_ = user;
  if (!tcp_) {
    if (user)
      end_soon(); // says so, but not from here
    return;
  }
  if (phase_ != phase::talking)
    return;
  leave_deadline();
  boost::asio::post(io_->context(), [this, self = shared_from_this()] {
    if (user_)
      resume();
    else
      close(close_code::normal, {});
  });
}

// -- writing ------------------------------------------------------------------

void websocket_connection::on_written() {
  const auto self = shared_from_this();
  if (!all_written()) {
    if (tcp_ && pong_bytes_ > pong_bytes_max)
      resume();
    return;
  }
  if (phase_ == phase::finishing)
    return part();
  if (pong_bytes_ > pong_bytes_max)
    resume();
  if (tcp_)
    tell_writable();
}

// -- reading ------------------------------------------------------------------

/// In good order up to the peer's close frame, also when nobody wants messages any more.
bool websocket_connection::is_read() const noexcept {
  if (!tcp_ || phase_ == phase::finishing)
    return false;
  const bool takes_pongs = pong_bytes_ <= pong_bytes_max || tcp_->out().taken() >= pongs_end_;
  return phase_ == phase::closing || (!paused_ && takes_pongs);
}

void websocket_connection::read(bool wanted) {
  if (!tcp_ || phase_ != phase::talking)
    return;
  paused_ = !wanted;
  if (wanted)
    boost::asio::post(io_->context(), [this, self = shared_from_this()] { resume(); });
}

/// Goes on with what is held, then with what is in the kernel.
void websocket_connection::resume() {
  const auto self = shared_from_this();
  if (!held_.empty() && is_read()) {
    std::string held = std::exchange(held_, {});
    take({held.data(), held.size()});
  }
  if (!is_read())
    return;
  if (std::exchange(unread_, false))
    read_some();
  else
    tcp_->wait_readable();
}

void websocket_connection::on_readable() {
  const auto self = shared_from_this();
  if (is_read())
    read_some();
  else
    unread_ = true;
}

void websocket_connection::read_some() {
  const auto scratch = io_->scratch();
  const io_result result = tcp_->read(scratch);
  if (result.error == boost::asio::error::would_block)
    return tcp_->wait_readable();
  if (result.error)
    return end(false);
  tell_activity();
  take(scratch.first(result.bytes));
  if (is_read())
    tcp_->wait_readable();
  else
    unread_ = true;
}

void websocket_connection::take(std::span<char> bytes) {
  while (is_read()) {
    const auto event = frames_.next(bytes);
    if (event == frame_reader::event::more)
      break;
    on_event(event);
  }
  if (!tcp_)
    return;
  if (phase_ != phase::finishing)
    held_.assign(bytes.data(), bytes.size());
  io_->hold(*this, frames_.held() + held_.size());
}

void websocket_connection::on_event(frame_reader::event what) {
  switch (what) {
  case frame_reader::event::message:
    return deliver();
  case frame_reader::event::ping:
    return answer_ping();
  case frame_reader::event::close:
    return on_peer_close();
  case frame_reader::event::broken:
    return break_off();
  case frame_reader::event::pong:
  case frame_reader::event::more:
    break;
  }
}

void websocket_connection::deliver() {
  if (user_ && phase_ == phase::talking &&
      !catch_all([&] { user_->on_message(frames_.payload(), frames_.is_text()); }))
    close(close_code::internal, protocol::default_reason(close_code::internal));
}

void websocket_connection::answer_ping() {
  if (!takes_writes())
    return;
  if (tcp_->out().taken() >= pongs_end_)
    pong_bytes_ = 0;
  const std::string pong = pong_frame(frames_.payload());
  tcp_->out().append(std::string_view(pong));
  pong_bytes_ += pong.size();
  pongs_end_ = tcp_->out().appended();
  tcp_->flush_soon();
}

// -- ending -------------------------------------------------------------------

void websocket_connection::on_peer_close() {
  if (phase_ == phase::talking) {
    send_close(static_cast<close_code>(frames_.close_status()), {});
    reason_ = frames_.close_reason();
  }
  finish();
}

void websocket_connection::close(close_code code, std::string_view reason) {
  if (!takes_writes())
    return;
  send_close(code, reason);
  phase_ = phase::closing;
  begin_closing();
  tcp_->flush();
  tcp_->flush_soon();
  boost::asio::post(io_->context(), [this, self = shared_from_this()] { resume(); }); // to the peer's close frame
}

/// Nothing follows it.
void websocket_connection::send_close(close_code code, std::string_view reason) {
  code_ = code;
  reason_ = reason;
  sealed_ = true;
  tcp_->out().append(close_frame(static_cast<std::uint16_t>(code), reason));
}

/// The peer broke a rule.
void websocket_connection::break_off() {
  io_->count(frames_.why() == close_code::too_large ? transport_event::ws_too_large
                                                    : transport_event::ws_protocol_error);
  if (phase_ == phase::talking)
    send_close(frames_.why(), frames_.rule());
  finish();
}

/// Both sides have said all but what is queued.
void websocket_connection::finish() {
  phase_ = phase::finishing;
  begin_closing();
  tcp_->flush();
  tcp_->flush_soon();
}

} // namespace

std::shared_ptr<connection> open_websocket(shard_io_ptr io, tcp_stream_ptr tcp, const http_request& request,
                                           const upgrade_accepted& accepted, std::string early) {
  auto made = std::make_shared<websocket_connection>(std::move(io), std::move(tcp), accepted.message_bytes_max,
                                                     std::move(early));
  made->open(request.header("sec-websocket-key").value_or(""), accepted.subprotocol);
  return made;
}

} // namespace troupe::transports
