#include "actors/sessions/mount_client.hpp"

#include "actors/sessions/shard.hpp"
#include "protocol/wire_forms/frame.hpp"

#include <utility>

namespace troupe::actors {

using protocol::close_code;

mount_client::mount_client(mount_clients& among, shard& home, session_id id, std::string path,
                           std::shared_ptr<transports::connection> connection)
    : among_(among), home_(home), id_(id), path_(std::move(path)), connection_(std::move(connection)),
      pulse_(home, *this) {
  connection_->set_user(this);
  pulse_.start(connection_);
  ++home_.counters().raw;
}

mount_client::~mount_client() {
  connection_->set_user(nullptr);
  home_.counters().raw -= 1;
}

void mount_client::say(std::string_view bytes, bool text) {
  if (closing_)
    return;
  std::string frame;
  protocol::append_frame(frame, text ? protocol::opcode::text : protocol::opcode::binary, bytes.size(),
                         [bytes](std::string& out) { out += bytes; });
  const auto waiting_max = home_.settings().limits.session_control_bytes;
  const auto too_much = [&] { return connection_->queued() > 0 && connection_->queued() + frame.size() > waiting_max; };
  if (too_much())
    connection_->flush(); // the kernel may take it
  if (too_much()) {
    ++home_.counters().overflows;
    return close(close_code::overflow, "too slow for what was said to it");
  }
  connection_->write_private(frame);
  ++home_.counters().messages_sent;
}

void mount_client::read_on() {
  handled_ = true;
  pace_reading();
}

/// A client that does not take what was answered is not read: it must not be cut off by answers to its own messages.
void mount_client::pace_reading() {
  if (closing_ || !handled_)
    return;
  const auto most = home_.settings().limits.outbox_bytes;
  if (connection_->queued() > most)
    connection_->flush(); // the kernel may take it
  if (connection_->queued() > most)
    return; // on_writable follows
  pulse_.reading(true);
  connection_->read(true);
}

void mount_client::on_writable() {
  flush();
  pace_reading();
}

void mount_client::close(close_code code, std::string_view reason) {
  if (std::exchange(closing_, true))
    return;
  pulse_.stop();
  connection_->close(code, reason); // on_closed follows
}

// -- connection_user ----------------------------------------------------------

void mount_client::on_message(std::string_view bytes, bool text) {
  ++home_.counters().messages_received;
  if (closing_)
    return;
  handled_ = false;
  pulse_.reading(false);
  connection_->read(false);
  among_.tell(*this, {mount_input::kind::message, id_, home_.index(), std::string{bytes}, text});
}

void mount_client::on_closed(close_code, std::string_view) {
  pulse_.stop();
  among_.tell(*this, {mount_input::kind::closed, id_, home_.index(), {}, false});
  among_.forget(id_); // destroys this
}

} // namespace troupe::actors
