#include "load_client/crowd.hpp"

#include "load_client/percent_encoding.hpp"
#include "load_client/poll_subscriber.hpp"
#include "load_client/sse_subscriber.hpp"
#include "load_client/websocket_subscriber.hpp"

#include <stdexcept>

#include <arpa/inet.h>

namespace troupe::bench {

namespace {

constexpr std::size_t connections_per_source = 20'000; // Linux has 28,231 ports for each pair of addresses

} // namespace

std::string channel_of(const options& o, std::size_t which) {
  return o.channels == 1 ? o.channel : o.channel + "-" + std::to_string(which % o.channels);
}

route make_route(const options& o, std::size_t source, std::size_t sources) {
  route result{.host = o.host + ":" + std::to_string(o.port)};
  result.server.sin_family = AF_INET;
  result.server.sin_port = htons(static_cast<std::uint16_t>(o.port));
  const auto host = o.host == "localhost" ? "127.0.0.1" : o.host;
  if (inet_pton(AF_INET, host.c_str(), &result.server.sin_addr) != 1)
    throw std::invalid_argument{"not an IPv4 address: " + o.host};
  if (sources > 1) {
    result.source.sin_family = AF_INET;
    result.source.sin_addr.s_addr = htonl(INADDR_LOOPBACK + static_cast<std::uint32_t>(source));
  }
  return result;
}

crowd::crowd(event_loop& loop, const options& o, audience& told) : loop_(loop), options_(o), audience_(told) {
  const auto sources = o.sources > 0 ? o.sources : 1 + o.subscribers / connections_per_source;
  for (std::size_t i = 0; i < sources; ++i)
    routes_.push_back(make_route(o, i, sources));
  target_ = (o.kind == transport::sse ? "/events?channel=" : "/poll?channel=") + percent_encoded(o.channel);
  members_.reserve(o.subscribers);
}

void crowd::open_more() {
  while (members_.size() < options_.subscribers &&
         members_.size() < audience_.subscribed_count() + options_.opening) {
    const auto index = members_.size();
    const auto& from = routes_[index % routes_.size()];
    members_.push_back(make(index, from));
    members_.back()->open(from);
  }
}

std::unique_ptr<connection> crowd::make(std::size_t index, const route& from) {
  switch (options_.kind) {
  case transport::sse: return std::make_unique<sse_subscriber>(loop_, from.host, target_, audience_, index);
  case transport::poll: return std::make_unique<poll_subscriber>(loop_, from, target_, audience_, index);
  case transport::websocket: break;
  }
  return std::make_unique<websocket_subscriber>(loop_, from.host, channel_of(options_, index), audience_, index);
}

} // namespace troupe::bench
