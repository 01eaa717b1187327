#include <utility>

#include "transports/port.hpp"

#include "transports/admission.hpp"
#include "transports/socket_pipe.hpp"

#include <array>

namespace troupe::transports {

namespace {

constexpr std::chrono::milliseconds closing_time{5000};

} // namespace

port::port(boost::asio::io_context& context, gate& gate, std::size_t index, const config::limit_settings& limits)
  : context_(context), gate_(&gate), index_(index), limits_(limits),
    request_(std::make_shared<deadlines>(context, limits.request_timeout)),
    idle_(std::make_shared<deadlines>(context, limits.keep_alive_timeout)),
    closing_(std::make_shared<deadlines>(context, closing_time)) {}

void port::count(transport_event event, std::uint64_t n) {
  if (gate_)
    gate_->count(event, n);
}

const std::string& port::date() {
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

std::unique_ptr<pipe> port::make_pipe(int fd) const {
  return pipes_ ? pipes_(fd) : std::make_unique<socket_pipe>(fd);
}

void port::move_on(std::size_t to, traveller t, admission place) {
  mover_(to, std::move(t), std::move(place));
}

void port::close_idle() {
  for (auto i = residents_.begin(); i != residents_.end();)
    (i++)->close_if_idle(); // closes at most itself
}

void port::close() {
  gate_ = nullptr;
  shards_ = 1;
  mover_ = nullptr;
  request_->close();
  idle_->close();
  closing_->close();
  while (!residents_.empty()) {
    resident& r = residents_.front();
    residents_.pop_front();
    r.evict();
  }
}

} // namespace troupe::transports
