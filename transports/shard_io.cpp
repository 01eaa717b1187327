#include <utility>

#include "transports/shard_io.hpp"

#include "transports/connection_permit.hpp"
#include "transports/socket_stream.hpp"

#include <array>

namespace troupe::transports {

shard_io::shard_io(boost::asio::io_context& context, request_handler& handler, std::size_t index, std::size_t shards,
           const config::limit_settings& limits)
  : context_(context), handler_(&handler), index_(index), limits_(limits),
    request_(std::make_shared<deadlines>(context, limits.request_timeout)),
    idle_(std::make_shared<deadlines>(context, limits.keep_alive_timeout)),
    response_(std::make_shared<deadlines>(context, limits.response_window)),
    closing_(std::make_shared<deadlines>(context, limits.closing_timeout)),
    transfers_(limits.transfer_bytes / shards) {}

void shard_io::count(transport_event event, std::uint64_t n) {
  if (handler_)
    handler_->count(event, n);
}

void shard_io::hold(transfer& t, std::size_t bytes) {
  if (const std::size_t n = transfers_.hold(t, bytes, std::chrono::steady_clock::now()); n != 0)
    count(transport_event::transfer_cut_off, n);
}

const std::string& shard_io::date() {
  const std::time_t now = std::time(nullptr);
  if (now != date_of_) {
    std::tm utc{};
    gmtime_r(&now, &utc);
    std::array<char, 32> text{};
    date_.assign(text.data(), std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &utc));
    date_of_ = now;
  }
  return date_;
}

std::unique_ptr<byte_stream> shard_io::make_byte_stream(int fd) const {
  return byte_streams_ ? byte_streams_(fd) : std::make_unique<socket_stream>(fd);
}

void shard_io::move_on(std::size_t to, migrating_request t, connection_permit permit) {
  mover_(to, std::move(t), std::move(permit));
}

void shard_io::close_idle() {
  for (auto i = tracked_.begin(); i != tracked_.end();)
    (i++)->close_if_idle(); // closes at most itself
}

void shard_io::close() {
  handler_ = nullptr;
  shards_ = 1;
  mover_ = nullptr;
  request_->close();
  idle_->close();
  response_->close();
  closing_->close();
  while (!tracked_.empty()) {
    tracked_connection& r = tracked_.front();
    tracked_.pop_front();
    r.evict();
  }
}

} // namespace troupe::transports
