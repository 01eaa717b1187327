#include "actors/sessions/stream_delivery.hpp"

#include "actors/sessions/shard.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

using protocol::close_code;

namespace {

constexpr std::size_t turn_bytes_min = 4 * 1024; // of one subscription, before the next has its turn

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

/// What room there is is shared by all that have something to write: a busy channel does not starve a quiet one.
void stream_delivery::deliver() {
  if (!connection_ || blocked_)
    return;
  const auto turn = std::max(room_left() / std::max<std::size_t>(session_->in_turn(), 1), turn_bytes_min);
  while (auto* s = room_left() > 0 ? session_->first_in_turn() : nullptr) {
    turn_end_ = connection_->queued() + turn;
    session_->had_turn(s->write(*this));
  }
  session_->end_turns();
  blocked_ = !connection_->flush();
  if (blocked_)
    session_->home().watch_blocked(*session_);
  else
    said_bytes_ = 0;
  if (!blocked_ && session_->in_turn() > 0)
    session_->home().mark(*session_); // the kernel took it all: go on in the next slice
  flushed();
}

void stream_delivery::say(const protocol::server_message& m) {
  if (!connection_)
    return;
  const auto before = connection_->queued();
  message(m);
  said_bytes_ += connection_->queued() - before;
  session_->noted(m);
  session_->home().mark(*session_);
}

std::chrono::milliseconds stream_delivery::taken_nothing_for() {
  return connection_ ? intake_.nothing_for(*connection_, session_->home().clock().steady())
                     : std::chrono::milliseconds{0};
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
  said_bytes_ = 0;
  session_->home().mark(*session_);
}

void stream_delivery::on_closed(close_code code, std::string_view reason) {
  connection_ = nullptr;
  const bool goodbye = code == close_code::normal || code == close_code::going_away;
  session_->lost_connection(goodbye ? leave_reason::left : leave_reason::lost, code, reason); // may destroy this
}

// -- subscription_sink --------------------------------------------------------

std::size_t stream_delivery::room_left() const {
  const auto most = session_->home().settings().limits.outbox_bytes;
  const auto queued = connection_->queued();
  return queued < most ? most - queued : 0;
}

std::size_t stream_delivery::room() const {
  const auto queued = connection_->queued();
  return std::min(room_left(), queued < turn_end_ ? turn_end_ - queued : 0);
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
  ++session_->home().counters().messages_sent;
}

} // namespace troupe::actors
