#include <utility>

#include "transports/outbox_stream.hpp"

#include <algorithm>

namespace troupe::transports {

namespace {

constexpr unsigned char final_close = 0x88; // FIN and opcode 8

} // namespace

// -- reading ------------------------------------------------------------------

void outbox_stream::begin_read() {
  if (paused_)
    return;
  if (!early_.empty() || maybe_more_)
    read_now(false);
  else
    tcp_->wait_readable();
}

void outbox_stream::readable() {
  if (read_ && !paused_)
    read_now(true);
  else
    maybe_more_ = true; // looked at by the next read
}

/// An operation may not complete within the call that began it.
void outbox_stream::read_now(bool may_complete_now) {
  const io_result result = take();
  if (result.error == boost::asio::error::would_block)
    return tcp_->wait_readable();
  const waiter_ptr reader = std::move(read_);
  if (result.bytes != 0)
    watcher_->on_bytes_read();
  if (may_complete_now)
    reader->complete(result.error, result.bytes);
  else
    reader->post(result.error, result.bytes);
}

io_result outbox_stream::take() {
  if (!early_.empty()) {
    const std::size_t n = std::min(early_.size(), into_.size());
    std::copy_n(early_.data(), n, into_.data());
    early_.erase(0, n);
    if (early_.empty())
      std::string().swap(early_);
    return {n, {}};
  }
  const io_result result = tcp_->read(into_);
  maybe_more_ = result.bytes == into_.size();
  return result;
}

void outbox_stream::pause(bool paused) {
  if (std::exchange(paused_, paused) && !paused && read_)
    begin_read();
}

// -- writing ------------------------------------------------------------------

void outbox_stream::swallow_if_close(unsigned char first) {
  if (speaks_frames_ && first == final_close)
    sealed_ = true;
}

void outbox_stream::post_write_done() {
  if (write_ && (sealed_ || unsent_ <= held_bytes || all_sent()))
    std::exchange(write_, nullptr)->post({}, written_);
}

void outbox_stream::written() { post_write_done(); }

// -- ending -------------------------------------------------------------------

void outbox_stream::drop() {
  dropped_ = true;
  read_.reset();
  write_.reset();
}

void teardown(boost::beast::role_type, outbox_stream&, boost::system::error_code& error) { error = {}; }

void beast_close_socket(outbox_stream&) {}

} // namespace troupe::transports
