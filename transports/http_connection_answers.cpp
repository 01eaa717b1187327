#include <utility>

/// How an HTTP connection answers: at once, from a thread that may block, piece by piece, or by a stream.

#include "transports/http_connection.hpp"

#include "transports/catch_all.hpp"
#include "transports/lingering_close.hpp"
#include "transports/response_text.hpp"
#include "transports/sse_connection.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

namespace troupe::transports {

namespace {

constexpr std::size_t rest_bytes_max = 64 * 1024; // of a response's rest, read at a time

} // namespace

void http_connection::answer(http_response response, std::function<void(bool)> done) {
  const auto self = shared_from_this();
  const bool gone = client_is_gone();
  abandoned_ = nullptr;
  if (phase_ != phase::waiting)
    return tell_later(std::move(done), false);
  response_.on_end(std::move(done));
  if (gone)
    return give_up(false);
  keep_alive_ = keep_alive_ && !io_->draining() && !(finished_ && !reader_.begun());
  send(std::move(response));
}

void http_connection::answer_by(std::function<http_response()> make) {
  abandoned_ = nullptr;
  if (phase_ != phase::waiting)
    return;
  const auto made = [make = std::move(make)] {
    http_response response = error_response(500, "internal", "the server failed to answer");
    catch_all([&] { response = make(); });
    return response;
  };
  io_->run_blocking(weak_from_this(), made,
                      [](http_connection& to, http_response response) { to.answer(std::move(response), {}); });
}

void http_connection::hang_up() {
  const auto self = shared_from_this();
  abandoned_ = nullptr;
  if (phase_ == phase::waiting)
    part();
}

void http_connection::send(http_response response) {
  phase_ = phase::responding;
  response_.begin(tcp_->out(), std::move(response), io_->date(), {head_only_, false, keep_alive_});
  io_->hold(*this, 0); // the request
  tcp_->begin_pace();
  io_->within_response_window(*this);
  const bool all = tcp_->flush();
  tcp_->flush_soon(); // goes on in on_written
  if (!all)
    account();
  else if (response_.is_queued())
    tell_written(); // before its client can say anything else
}

/// The client has taken all that was read: more of it.
void http_connection::read_rest() {
  const auto source = response_.take_source();
  if (!source)
    return;
  const auto read = [source] {
    std::string bytes;
    catch_all([&] { bytes = source->read(rest_bytes_max); });
    return bytes;
  };
  io_->run_blocking(weak_from_this(), read, [source](http_connection& to, std::string bytes) {
    to.send_rest(source, std::move(bytes));
  });
}

void http_connection::send_rest(std::shared_ptr<body_source> from, std::string bytes) {
  const auto self = shared_from_this();
  if (phase_ != phase::responding)
    return;
  if (!response_.add(tcp_->out(), std::move(from), std::move(bytes)))
    return give_up(true); // the length that was promised cannot be kept
  tcp_->flush();
  account();
  if (tcp_)
    tcp_->flush_soon();
}

/// What this connection makes the shard hold; it may be cut off for it.
void http_connection::account() { io_->hold(*this, tcp_ ? reader_.bytes() + tcp_->out().size() : 0); }

std::uint64_t http_connection::moved() const {
  if (phase_ != phase::responding)
    return reader_.bytes();
  const std::uint64_t taken = tcp_->acknowledged();
  return taken - std::min(response_.begins_at(), taken);
}

/// What is held while a request waits is what its client has sent behind it: that is no merit.
bool http_connection::waits_for_us() const {
  return phase_ == phase::responding && tcp_->out().empty() && tcp_->kernel_backlog() == 0;
}

std::shared_ptr<connection> http_connection::stream(http_response head) {
  const bool gone = client_is_gone();
  abandoned_ = nullptr;
  if (gone)
    give_up(false);
  if (phase_ != phase::waiting)
    return no_stream();
  tcp_->out().append(response_text(head, io_->date(), {head_only_, true, false}));
  const bool ends = head_only_;
  auto opened = sse_connection::open(io_, retire());
  if (ends)
    opened->close(protocol::close_code::normal, {});
  return opened;
}

std::shared_ptr<connection> http_connection::no_stream() const { return sse_connection::open(io_, nullptr); }

void http_connection::on_abandoned(std::function<void()> then) {
  abandoned_ = std::move(then);
  if (phase_ != phase::waiting)
    tell_abandoned();
  else if (finished_)
    boost::asio::post(io_->context(), [self = shared_from_this()] {
      if (self->phase_ == phase::waiting && self->abandoned_)
        self->give_up(false);
    });
}

/// Later; unless it is answered meanwhile, which is the end of it.
void http_connection::tell_abandoned() {
  if (abandoned_)
    boost::asio::post(io_->context(), [self = shared_from_this()] {
      if (const auto then = std::exchange(self->abandoned_, nullptr))
        catch_all(then);
    });
}

void http_connection::on_written() {
  const auto self = shared_from_this();
  if (phase_ == phase::starting && tcp_->out().empty())
    return start();
  if (phase_ != phase::responding)
    return;
  account();
  if (!tcp_ || !tcp_->out().empty())
    return;
  if (response_.is_queued())
    response_written();
  else
    read_rest();
}

void http_connection::tell_written() {
  if (const auto done = response_.take_on_end())
    catch_all([&] { done(true); });
}

void http_connection::response_written() {
  tell_written();
  if (keep_alive_)
    read_next();
  else
    part();
}

/// Nothing more is to be said.
void http_connection::part() { lingering_close::say(*io_, retire()); }

void http_connection::read_next() {
  phase_ = phase::reading;
  between_requests_ = !reader_.begun();
  if (between_requests_)
    io_->within_idle_time(*this);
  else
    io_->within_request_time(*this);
  proceed(reader_.advance());
}

void http_connection::tell_later(std::function<void(bool)> done, bool written) {
  if (done)
    boost::asio::post(io_->context(), [done = std::move(done), written] { catch_all([&] { done(written); }); });
}

} // namespace troupe::transports
