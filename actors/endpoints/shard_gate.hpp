#pragma once
/// The gate of one shard: decides what becomes of each request and socket, by path.
///
/// To add an endpoint: its door in a file beside this one, a line in the table of shard_gate.cpp.
/// Owner: the node. Thread: the shard's I/O thread; `home` any.

#include "actors/endpoints/premises.hpp"
#include "transports/gate.hpp"

namespace troupe::actors {

class shard_gate final : public transports::gate {
 public:
  shard_gate(premises& house, shard_seat& seat) : house_(house), seat_(seat) {}

  [[nodiscard]] std::size_t home(const transports::http_request& request) const override;
  void handle(transports::exchange_ptr exchange) override;
  [[nodiscard]] transports::upgrade_verdict upgrade(const transports::http_request& request) override;
  void opened(std::shared_ptr<transports::connection> connection, transports::http_request request) override;
  void count(transports::transport_event event, std::uint64_t n) override;

 private:
  void route(transports::exchange_ptr exchange);
  [[nodiscard]] desk_view desk() { return {house_, seat_}; }

  premises& house_;
  shard_seat& seat_;
};

} // namespace troupe::actors
