#pragma once

#include "actors/endpoints/endpoint_state.hpp"
#include "transports/request_handler.hpp"

namespace troupe::actors {

/// The router of one shard: decides what becomes of each request and socket, by path.
///
/// To add an endpoint: its function in a file beside this one, a line in the table of request_router.cpp.
/// Owner: the node. Thread: the shard's I/O thread; `home` any. Ends: with the node.
class request_router final : public transports::request_handler {
 public:
  request_router(endpoint_state& state, shard_state& here) : state_(state), here_(here) {}

  [[nodiscard]] std::size_t home(transports::http_request& request) const override;
  void handle(transports::exchange_ptr exchange) override;
  [[nodiscard]] transports::upgrade_verdict upgrade(const transports::http_request& request) override;
  void opened(std::shared_ptr<transports::connection> connection, transports::http_request request) override;
  void count(transports::transport_event event, std::uint64_t n) override;

 private:
  void route(transports::exchange_ptr exchange);
  [[nodiscard]] request_context context() { return {state_, here_}; }

  endpoint_state& state_;
  shard_state& here_;
};

} // namespace troupe::actors
