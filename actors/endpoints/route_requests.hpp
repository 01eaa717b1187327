#pragma once

#include "actors/endpoints/endpoint_state.hpp"
#include "actors/endpoints/route_table.hpp"
#include "actors/hosting/timer_wheel.hpp"
#include "transports/exchange.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>

namespace troupe::actors {

/// Requests for the application's own routes, on one shard: asks their handlers, and waits for what they answer later.
///
///     asked --at once--> answered
///       `--later--> waiting --answer / too late / gone--> answered, or nobody there; free once the promise is
///
/// Owner: the request_router. Thread: the shard's; promises are kept on any. Bounded: `limits.route_requests` and
/// `route_requests_per_address`, of which each shard has its part.
class route_requests {
 public:
  /// `wake`, on any thread, has `serve` called soon.
  route_requests(endpoint_state& state, shard_state& here, std::function<void()> wake);
  ~route_requests();
  route_requests(const route_requests&) = delete;
  route_requests& operator=(const route_requests&) = delete;

  void open(const request_context& at, const route_table::place& where, transports::exchange_ptr exchange);

  /// At the end of each turn: hands out what was answered meanwhile.
  void serve(shard& home);

 private:
  class mailbox;
  class promised;
  struct pending {
    transports::exchange_ptr to; ///< null: nobody waits any more
    std::uint64_t address = 0;
    std::unique_ptr<timer> deadline;
  };

  [[nodiscard]] bool has_room(const request_context& at, std::uint64_t address, const transports::exchange_ptr& exchange);
  [[nodiscard]] http_result call(const http_handler& handler, const route_table::place& where, const http_call& what);
  void respond(const transports::exchange_ptr& to, http_reply what);
  void refuse(const request_context& at, const transports::exchange_ptr& to, const failure& why) const;
  void failed(const transports::exchange_ptr& to, const std::string& why) const;
  void too_late(std::uint64_t number);

  endpoint_state& state_;
  shard_state& here_;
  const std::shared_ptr<mailbox> mailbox_;
  running_handlers::entry entry_;
  std::unordered_map<std::uint64_t, pending> pending_;
  std::unordered_map<std::uint64_t, std::size_t> by_address_;
  std::uint64_t last_ = 0;
  timer on_wheel_{[] {}}; ///< armed as long as the wheel lives on which the deadlines are
};

} // namespace troupe::actors
