#include <utility>

#include "transports/http_connection.hpp"

#include "transports/catch_all.hpp"
#include "transports/http_exchange.hpp"
#include "transports/http_header.hpp"
#include "transports/http_upgrade.hpp"
#include "transports/lingering_close.hpp"
#include "transports/websocket_connection.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <unistd.h>

namespace troupe::transports {

namespace {

constexpr std::string_view continue_text = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr std::size_t held_bytes_max = 16 * 1024; // of pipelined requests, plus one reading

http_response failed() { return error_response(500, "internal", "the server failed to answer"); }

} // namespace

// -- beginning ----------------------------------------------------------------

http_connection::http_connection(shard_io_ptr io, tcp_stream_ptr tcp, std::string peer)
    : io_(std::move(io)), tcp_(std::move(tcp)), peer_(std::move(peer)),
      reader_(io_->limits().request_header_bytes, io_->limits().request_body_bytes) {}

void http_connection::open(shard_io_ptr io, int fd, std::string peer, connection_permit permit, bool refuses) {
  tcp_stream_ptr tcp = tcp_stream::open(io, fd, std::move(permit));
  if (!tcp)
    return;
  io->count(transport_event::connection_accepted);
  const auto made = std::make_shared<http_connection>(std::move(io), std::move(tcp), std::move(peer));
  made->refuses_ = refuses;
  made->settle();
  made->io_->within_request_time(*made); // also if nothing is ever sent
  made->tcp_->wait_readable();
}

void http_connection::adopt(shard_io_ptr io, migrating_request from, connection_permit permit) {
  tcp_stream_ptr tcp = tcp_stream::open(io, from.fd, std::move(permit));
  if (!tcp)
    return;
  const auto made = std::make_shared<http_connection>(std::move(io), std::move(tcp), std::move(from.peer));
  made->settle();
  made->reader_.hold(from.left_over);
  made->serve(std::move(from.request));
}

void http_connection::settle() {
  self_ = shared_from_this();
  io_->settle(*this);
  tcp_->set_owner(this);
}

// -- reading ------------------------------------------------------------------

void http_connection::on_readable() {
  const auto self = shared_from_this();
  if (phase_ == phase::reading)
    read_request();
  else if (phase_ == phase::waiting)
    watch_client();
}

void http_connection::read_request() {
  const io_result result = tcp_->read(io_->scratch());
  if (result.error == boost::asio::error::would_block)
    return tcp_->wait_readable();
  if (result.error)
    return give_up(false);
  if (std::exchange(between_requests_, false))
    io_->within_request_time(*this);
  proceed(reader_.feed({io_->scratch().data(), result.bytes}));
}

void http_connection::proceed(request_reader::state state) {
  if (state == request_reader::state::refused)
    return refuse_request();
  if (state == request_reader::state::ready)
    return start();
  if (reader_.take_expectation()) {
    tcp_->out().append(continue_text);
    tcp_->flush_soon();
  }
  if (finished_)
    return part();
  tcp_->wait_readable();
  account();
}

void http_connection::refuse_request() {
  http_response response = reader_.why().response();
  if (response.status == 426) { // RFC 9110 section 15.5.22, RFC 6455 section 4.4
    response.headers.emplace_back("Connection", "Upgrade");
    response.headers.emplace_back("Upgrade", "websocket");
    response.headers.emplace_back("Sec-WebSocket-Version", websocket_version);
  }
  io_->count(transport_event::http_bad_request);
  if (reader_.refused_upgrade())
    io_->count(transport_event::ws_bad_handshake);
  refuse(std::move(response));
}

/// Nobody knows where the next request would begin.
void http_connection::refuse(http_response response) {
  head_only_ = keep_alive_ = false;
  send(std::move(response));
}

// -- serving ------------------------------------------------------------------

/// The request goes where it belongs, once a 100 is out.
void http_connection::start() {
  if (phase_ == phase::reading) {
    io_->count(transport_event::http_request);
    request_ = reader_.take();
    request_.peer = peer_;
    phase_ = phase::starting;
  }
  if (!tcp_->flush())
    return io_->within_closing_time(*this);
  if (refuses_)
    return turn_away();
  std::size_t home = io_->index();
  if (request_handler* g = io_->handler(); g && io_->shards() > 1)
    catch_all([&] { home = g->home(request_); });
  if (home != io_->index() && home < io_->shards())
    move_to(home);
  else
    serve(std::exchange(request_, {}));
}

/// An EventSource that hears a status never comes again: it is told nothing, and comes later.
void http_connection::turn_away() {
  if (has_token(request_.header("accept").value_or(""), "text/event-stream"))
    return part();
  http_response full = error_response(503, "too_many_connections", "the server has no place for another connection");
  full.headers.emplace_back("Retry-After", "5");
  refuse(std::move(full));
}

void http_connection::move_to(std::size_t shard) {
  migrating_request t{-1, std::move(peer_), reader_.take_rest(), std::exchange(request_, {})};
  const shard_io_ptr io = io_;
  auto [fd, permit] = retire()->release();
  t.fd = fd;
  io->move_on(shard, std::move(t), std::move(permit));
}

void http_connection::serve(http_request request) {
  leave_deadline();
  phase_ = phase::waiting;
  waited_ = false;
  head_only_ = request.method == "HEAD";
  keep_alive_ = request.keep_alive;
  if (!io_->handler())
    return give_up(false);
  if (request.upgrade)
    upgrade(std::move(request));
  else
    hand_over(std::move(request));
}

void http_connection::upgrade(http_request request) {
  upgrade_verdict verdict = failed();
  catch_all([&] { verdict = io_->handler()->upgrade(request); });
  if (auto* response = std::get_if<http_response>(&verdict))
    answer(std::move(*response), {});
  else
    become_websocket(std::move(request), std::get<upgrade_accepted>(verdict));
}

void http_connection::become_websocket(http_request request, const upgrade_accepted& accepted) {
  std::string early = reader_.take_rest();
  tcp_stream_ptr tcp = retire();
  auto opened = open_websocket(io_, std::move(tcp), request, accepted, std::move(early));
  if (catch_all([&] { io_->handler()->opened(opened, std::move(request)); }))
    opened->flush(); // the 101, with what its user said at once
  else
    opened->abort();
}

void http_connection::hand_over(http_request request) {
  auto asked = std::make_shared<http_exchange>(shared_from_this(), std::move(request));
  catch_all([&] { io_->handler()->handle(std::move(asked)); });
  asked = nullptr; // if that threw, the answer is 500
  if (phase_ != phase::waiting)
    return;
  waited_ = true;
  account();
  if (tcp_ && !finished_)
    tcp_->wait_readable();
}

/// While a request waits, the client may send more, or finish sending: it still hears the answer, unless whoever will
/// answer wants to know.
void http_connection::watch_client() {
  const io_result result = tcp_->read(io_->scratch());
  if (result.error == boost::asio::error::eof && !abandoned_) {
    finished_ = true;
    return;
  }
  if (result.error && result.error != boost::asio::error::would_block)
    return give_up(false);
  reader_.hold({io_->scratch().data(), result.bytes});
  account();
  if (tcp_ && reader_.held() < held_bytes_max)
    tcp_->wait_readable();
}

bool http_connection::client_is_gone() const {
  return phase_ == phase::waiting && waited_ && (abandoned_ ? tcp_->peer_has_finished() : tcp_->peer_is_gone());
}

// -- ending -------------------------------------------------------------------

void http_connection::on_deadline() {
  const auto self = shared_from_this();
  if (phase_ == phase::responding && (waits_for_us() || tcp_->keeps_pace(io_->least_in(io_->limits().response_window))))
    return io_->within_response_window(*this);
  if (phase_ == phase::responding)
    io_->count(transport_event::response_too_slow);
  if (phase_ != phase::reading)
    return give_up(true);
  if (between_requests_)
    return give_up(false);
  io_->count(transport_event::http_timeout);
  if (reader_.begun())
    refuse(error_response(408, "request_timeout", "the request did not arrive in time"));
  else
    give_up(false);
}

void http_connection::on_broken(boost::system::error_code) { give_up(false); }

/// Closes; tells whoever waits for an answer or for its end.
void http_connection::give_up(bool reset) {
  const auto self = shared_from_this();
  auto done = response_.take_on_end();
  auto abandoned = std::exchange(abandoned_, nullptr);
  if (const tcp_stream_ptr tcp = retire())
    tcp->close(reset);
  tell_later(std::move(done), false);
  if (abandoned)
    catch_all(abandoned);
}

/// Lets go of the socket and of itself.
tcp_stream_ptr http_connection::retire() {
  phase_ = phase::over;
  self_ = nullptr;
  leave_deadline();
  tracked_connection::unlink();
  io_->hold(*this, 0);
  response_.drop();
  return std::exchange(tcp_, nullptr);
}

/// For the sake of others.
void http_connection::cut_off() {
  const auto self = shared_from_this();
  tell_abandoned();
  tell_later(response_.take_on_end(), false);
  retire()->close(true);
}

void http_connection::evict() {
  const auto self = shared_from_this();
  if (const tcp_stream_ptr tcp = retire())
    tcp->close(true);
  static_cast<void>(response_.take_on_end());
  abandoned_ = nullptr;
}

void http_connection::close_if_idle() {
  if (phase_ == phase::reading)
    give_up(false);
}

} // namespace troupe::transports
