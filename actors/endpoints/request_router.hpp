#pragma once

#include "actors/endpoints/endpoint_state.hpp"
#include "actors/endpoints/route_requests.hpp"
#include "transports/request_handler.hpp"

#include <functional>

namespace troupe::actors {

/// The router of one shard: decides what becomes of each request and socket, by path.
///
/// To add an endpoint: its function in a file beside this one, a line in the table of request_router.cpp.
/// Owner: the node. Thread: the shard's I/O thread; `home` any. Ends: with the node.
class request_router final : public transports::request_handler {
 public:
  /// `wake`, on any thread, has the shard flush soon.
  request_router(endpoint_state& state, shard_state& here, std::function<void()> wake);
  ~request_router() override { here_.each_turn = nullptr; }
  request_router(const request_router&) = delete;
  request_router& operator=(const request_router&) = delete;

  [[nodiscard]] std::size_t home(transports::http_request& request) const override;
  void handle(transports::exchange_ptr exchange) override;
  void upgrade(transports::exchange_ptr exchange) override;
  void count(transports::transport_event event, std::uint64_t n) override;

 private:
  void route(transports::exchange_ptr exchange);
  void route_upgrade(transports::exchange_ptr exchange);
  void answer(const transports::exchange_ptr& exchange, void (request_router::*how)(transports::exchange_ptr));
  [[nodiscard]] request_context context() { return {state_, here_}; }

  endpoint_state& state_;
  shard_state& here_;
  route_requests routes_;
};

} // namespace troupe::actors
