#include "actors/endpoints/identification.hpp"

#include "actors/messages/starter.hpp"
#include "actors/sessions/http_refusal.hpp"
#include "actors/sessions/shard.hpp"
#include "protocol/error_code.hpp"

#include <utility>

namespace troupe::actors {

namespace {

using transports::exchange_ptr;

handshake::facts facts_of(const transports::http_request& request, transport_kind how, std::string subprotocol) {
  return {how, request.path, std::move(subprotocol), request.peer, request.query, request.headers, {}, {}};
}

/// A status would end an EventSource for good, one that says "try again", too.
void refuse(const request_context& at, const exchange_ptr& exchange, transport_kind how, const failure& why) {
  at.home().counters().errors.count(why.code);
  if (how == transport_kind::sse && protocol::retry_after(why))
    exchange->hang_up();
  else
    exchange->respond(http_refusal(why));
}

void go_on(const request_context& at, const exchange_ptr& exchange, transport_kind how, const handshakes::answer& said,
           const known_callback& then) {
  try {
    if (const auto* who = std::get_if<identity_ptr>(&said))
      then(exchange, *who);
    else if (at.state.auth.may_observe(exchange->request()))
      then(exchange, nullptr);
    else
      refuse(at, exchange, how, std::get<failure>(said));
  } catch (const std::exception& e) {
    at.state.bus.announce(events::handler_failed{"http", exchange->request().path, e.what()});
    exchange->respond(transports::error_response(500, "internal", "the node failed to answer this"));
  }
}

} // namespace

void identify(const request_context& at, exchange_ptr exchange, transport_kind how, std::string subprotocol,
              known_callback then) {
  auto& known = at.home().handshakes();
  if (!known.asks())
    return then(exchange, nullptr);
  const auto& request = exchange->request();
  auto facts = facts_of(request, how, std::move(subprotocol));
  const auto number = known.ask(std::move(facts), {address_of(request.peer), request.peer},
                                [at, exchange, how, then = std::move(then)](const auto& said) {
                                  go_on(at, exchange, how, said, then);
                                });
  if (number != 0) // while it waits, its shard lives
    exchange->on_abandoned([&here = at.here, number] {
      if (here.now)
        here.now->handshakes().forget(number);
    });
}

} // namespace troupe::actors
