#include "actors/sessions/stream_delivery.hpp"

#include "actors/sessions/shard.hpp"

#include <utility>

namespace troupe::actors {

using protocol::close_code;

namespace {

std::string& scratch() {
  thread_local std::string buffer; // saves an allocation per message; always cleared before use
  buffer.clear();
  return buffer;
}

} // namespace

stream_delivery::~stream_delivery() {
  if (connection_) {
    connection_->set_user(nullptr);
    connection_->abort();
  }
}

void stream_delivery::attach(std::shared_ptr<transports::connection> connection) {
  connection_ = std::move(connection);
  connection_->set_user(this);
}

// -- delivery -----------------------------------------------------------------

void stream_delivery::deliver() {
  if (!connection_ || blocked_)
    return;
  auto& subs = session_.dirty_subscriptions;
  bool ended = false;
  std::size_t done = 0;
  for (; done < subs.size(); ++done) {
    auto& s = *subs[done];
    const auto made = s.write(*this);
    if (made == subscription::progress::blocked)
      break;
    s.dirty = false;
    ended = ended || made == subscription::progress::ended;
    if (made == subscription::progress::overrun)
      session_.overflow(s);
  }
  subs.erase(subs.begin(), subs.begin() + static_cast<std::ptrdiff_t>(done));
  if (ended)
    session_.drop_ended();
  blocked_ = !connection_->flush();
  if (blocked_)
    session_.home().watch_blocked(session_);
  if (!blocked_ && !subs.empty())
    session_.home().mark(session_); // the kernel took it all: go on in the next slice
  flushed();
}

void stream_delivery::say(const protocol::server_message& m) {
  if (!connection_)
    return;
  message(m);
  session_.home().mark(session_);
}

void stream_delivery::end(close_code code, std::string_view reason) {
  if (!connection_)
    return;
  auto connection = std::exchange(connection_, nullptr);
  connection->set_user(nullptr);
  if (code == close_code::none)
    connection->abort();
  else
    connection->close(code, reason);
}

// -- connection_user ----------------------------------------------------------

void stream_delivery::on_writable() {
  blocked_ = false;
  session_.home().mark(session_);
}

void stream_delivery::on_closed(close_code code, std::string_view reason) {
  connection_ = nullptr;
  session_.close(code == close_code::normal || code == close_code::going_away ? leave_reason::left : leave_reason::lost,
                 code, reason);
}

// -- subscription_sink --------------------------------------------------------

std::size_t stream_delivery::room() const {
  const auto most = session_.home().settings().limits.outbox_bytes;
  const auto queued = connection_->queued();
  return queued < most ? most - queued : 0;
}

void stream_delivery::publication(std::string_view channel, std::string_view epoch, const troupe::publication& p) {
  auto& bytes = scratch();
  protocol::get(form_).publication(bytes, channel, epoch, p);
  connection_->write_private(bytes);
}

void stream_delivery::message(const protocol::server_message& m) {
  auto& bytes = scratch();
  protocol::get(form_).message(bytes, m);
  connection_->write_private(bytes);
  ++session_.home().counters().messages_sent;
}

} // namespace troupe::actors
