#include <utility>

#include "transports/websocket_connection.hpp"

#include "transports/catch_all.hpp"
#include "transports/control_frame.hpp"
#include "transports/message_buffer.hpp"
#include "transports/outbox_stream.hpp"
#include "transports/push_connection.hpp"

#include <boost/asio/post.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/websocket/stream.hpp>

namespace troupe::transports {

namespace {

namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;
using protocol::close_code;

/// What a failed read says about the peer; `none`: nothing, the connection is lost.
close_code verdict_of(const error_code& error) {
  if (error == websocket::error::message_too_big)
    return close_code::too_large;
  if (error == websocket::error::bad_frame_payload || error == websocket::error::bad_close_payload)
    return close_code::bad_payload;
  return error == websocket::condition::protocol_violation ? close_code::protocol_error : close_code::none;
}

///   talking ── close() ──► closing ── peer's close frame ──► finishing ── all written ──► over
///      └────── peer's close frame, or a broken rule ────────────┘
enum class phase : std::uint8_t { talking, closing, finishing };

class websocket_connection final : public push_connection, public stream_watcher, public transfer {
 public:
  websocket_connection(shard_io_ptr io, tcp_stream_ptr tcp, std::string early)
      : push_connection(std::move(io), std::move(tcp)),
        ws_(io_->context().get_executor(), tcp_, static_cast<stream_watcher&>(*this), std::move(early)) {}

  void open(const http_request& request, const upgrade_accepted& accepted);

  void set_user(connection_user* user) override;
  void ping() override { queue_ping(ping_frame); }
  void read(bool wanted) override;
  void close(close_code code, std::string_view reason) override;

 private:
  void on_readable() override { stream().readable(); }
  void on_written() override;
  void on_bytes_read() override;
  void on_ended() override;
  [[nodiscard]] std::uint64_t moved() const override { return message_.bytes().size(); }
  [[nodiscard]] bool waits_for_us() const override { return paused_; }
  void cut_off() override { abort(); }
  [[nodiscard]] bool takes_writes() noexcept override { return tcp_ && !stream().sealed(); }

  [[nodiscard]] outbox_stream& stream() noexcept { return ws_.next_layer(); }

  void accept(const http_request& request, const std::string& subprotocol);
  void resume();
  void read_more();
  void on_read(error_code error, std::size_t bytes);
  void on_read_ended(error_code error);
  void deliver();
  void send_close(close_code code, std::string_view reason);
  void break_off(close_code code, std::string_view reason);
  void finish();

  websocket::stream<outbox_stream, false> ws_;
  message_buffer message_;
  phase phase_ = phase::talking;
  bool reading_ = false; // Beast has a read of ours
  bool paused_ = false;
  bool held_ = false; // a message is whole, but reading is paused
};

// -- opening ------------------------------------------------------------------

void websocket_connection::open(const http_request& request, const upgrade_accepted& accepted) {
  settle();
  io_->within_closing_time(*this); // to be taken by a user
  ws_.read_message_max(accepted.message_bytes_max);
  ws_.control_callback([this](websocket::frame_type kind, boost::beast::string_view) {
    if (kind == websocket::frame_type::pong)
      tell_pong();
  });
  accept(request, accepted.subprotocol);
}

/// The request was checked by `check_websocket_upgrade`; of its fields Beast needs the key.
void websocket_connection::accept(const http_request& request, const std::string& subprotocol) {
  http::request<http::empty_body> checked(http::verb::get, "/", 11);
  checked.set(http::field::host, "-");
  checked.set(http::field::connection, "upgrade");
  checked.set(http::field::upgrade, "websocket");
  checked.set(http::field::sec_websocket_version, "13");
  const std::string_view key = request.header("sec-websocket-key").value_or("");
  checked.set(http::field::sec_websocket_key, boost::beast::string_view(key.data(), key.size()));
  ws_.set_option(websocket::stream_base::decorator([&](websocket::response_type& response) {
    response.set(http::field::date, io_->date());
    response.set(http::field::server, "troupe");
    if (!subprotocol.empty())
      response.set(http::field::sec_websocket_protocol, subprotocol);
  }));
  error_code error;
  ws_.accept(checked, error);
  ws_.set_option(websocket::stream_base::decorator([](websocket::response_type&) {}));
  stream().handshake_done();
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
  stream().written();
  if (!all_written())
    return;
  if (phase_ == phase::finishing)
    part();
  else
    tell_writable();
}

// -- reading ------------------------------------------------------------------

void websocket_connection::read(bool wanted) {
  if (!tcp_ || phase_ != phase::talking)
    return;
  paused_ = !wanted;
  if (paused_)
    stream().pause(true);
  else
    boost::asio::post(io_->context(), [this, self = shared_from_this()] { resume(); });
}

void websocket_connection::resume() {
  if (paused_ || !tcp_)
    return;
  stream().pause(false);
  if (tcp_ && held_)
    deliver();
  read_more();
}

void websocket_connection::read_more() {
  if (reading_ || paused_ || !tcp_ || phase_ == phase::finishing)
    return;
  reading_ = true;
  const std::span<char> room = message_.room(ws_.read_size_hint());
  ws_.async_read_some(boost::asio::mutable_buffer(room.data(), room.size()),
                      [this, self = shared_from_this()](error_code error, std::size_t n) { on_read(error, n); });
}

void websocket_connection::on_read(error_code error, std::size_t bytes) {
  reading_ = false;
  if (!tcp_)
    return;
  if (error)
    return on_read_ended(error);
  message_.commit(bytes);
  if (ws_.is_message_done()) {
    held_ = paused_;
    if (!held_)
      deliver();
  }
  io_->hold(*this, message_.memory());
  read_more();
}

void websocket_connection::deliver() {
  held_ = false;
  const bool text = ws_.got_text();
  // Beast 1.74 does not see it if the last frame is empty.
  if (text && ends_within_character(message_.bytes()))
    return break_off(close_code::bad_payload, "a text message ends within a character");
  if (user_ && phase_ == phase::talking && !catch_all([&] { user_->on_message(message_.bytes(), text); }))
    close(close_code::internal, protocol::default_reason(close_code::internal));
  message_.release();
  io_->hold(*this, 0);
}

void websocket_connection::on_ended() {
  stream().drop(); // Beast's pending operations keep us
  io_->hold(*this, 0);
}

void websocket_connection::on_bytes_read() {
  if (tcp_)
    tell_activity();
}

void websocket_connection::on_read_ended(error_code error) {
  message_.release();
  if (error != websocket::error::closed) {
    const close_code verdict = verdict_of(error);
    return verdict == close_code::none ? end(false) : break_off(verdict, error.message());
  }
  if (phase_ == phase::talking) {
    const websocket::close_reason& said = ws_.reason();
    send_close(static_cast<close_code>(said.code), {});
    reason_.assign(said.reason.data(), said.reason.size());
  }
  finish();
}

// -- ending -------------------------------------------------------------------

void websocket_connection::close(close_code code, std::string_view reason) {
  if (!takes_writes())
    return;
  send_close(code, reason);
  phase_ = phase::closing;
  begin_closing();
  tcp_->flush();
  tcp_->flush_soon();
  paused_ = false; // the peer's close frame is to be read
  boost::asio::post(io_->context(), [this, self = shared_from_this()] { resume(); });
}

/// Nothing follows it.
void websocket_connection::send_close(close_code code, std::string_view reason) {
  code_ = code;
  reason_ = reason;
  stream().seal();
  tcp_->out().append(close_frame(static_cast<std::uint16_t>(code), reason));
}

/// The peer broke a rule.
void websocket_connection::break_off(close_code code, std::string_view reason) {
  message_.release();
  io_->count(code == close_code::too_large ? transport_event::ws_too_large : transport_event::ws_protocol_error);
  if (phase_ == phase::talking)
    send_close(code, reason);
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
  auto made = std::make_shared<websocket_connection>(std::move(io), std::move(tcp), std::move(early));
  made->open(request, accepted);
  return made;
}

} // namespace troupe::transports
