// WebSockets: `/ws`, an upgrade on `/`, and raw mounts.

#include "actors/endpoints/endpoints.hpp"
#include "actors/endpoints/identification.hpp"
#include "actors/endpoints/origin_policy.hpp"
#include "actors/endpoints/resuming.hpp"
#include "actors/sessions/session_token.hpp"
#include "actors/sessions/shard_actor.hpp"
#include "actors/sessions/websocket_delivery.hpp"

#include <tl/expected.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace troupe::actors {

namespace {

using protocol::wire_form_id;
using transports::error_response;

struct subprotocol {
  std::string_view name;
  wire_form_id form;
};
constexpr subprotocol spoken[] = {{"troupe.v1.json", wire_form_id::ws_json}, {"troupe.v1.msgpack", wire_form_id::ws_msgpack}};

/// The first of the client's choice that we speak.
const subprotocol* choose(const transports::http_request& request) {
  for (const auto offer : offered_subprotocols(request))
    for (const auto& s : spoken)
      if (s.name == offer)
        return &s;
  return nullptr;
}

bool is_mount(const request_context& at, const std::string& path) {
  const auto& all = at.state.mounts;
  return std::find(all.begin(), all.end(), path) != all.end();
}

/// Why not; else how. Also asked anew once it is known who comes: that may take a while.
tl::expected<transports::upgrade_accepted, transports::http_response> judge(const request_context& at,
                                                                           const transports::http_request& request) {
  const auto& settings = at.home().settings();
  const auto no = [](transports::http_response why) { return tl::make_unexpected(std::move(why)); };
  if (!origin_allowed(settings.listen, request))
    return no(error_response(403, "bad_origin", "pages of that origin may not connect; listen.origins says which may"));
  if (at.state.draining)
    return no(being_stopped(at));
  transports::upgrade_accepted yes{{}, settings.limits.message_bytes};
  if (is_mount(at, request.path)) {
    if (!at.actor().mounts().serves(request.path))
      return no(http_refusal({error_code::unavailable, "what serves this path is being started anew: try again"}));
    return yes;
  }
  if (request.path != "/ws" && request.path != "/")
    return no(error_response(404, "not_found", "WebSockets are served at /ws"));
  if (const auto* s = choose(request))
    yes.subprotocol = s->name;
  else if (request.header("sec-websocket-protocol"))
    return no(error_response(400, "bad_subprotocol", "subprotocols are troupe.v1.json and troupe.v1.msgpack, or none"));
  return yes;
}

void start_session(const request_context& at, std::shared_ptr<transports::connection> connection,
                   const transports::http_request& request, identity_ptr who) {
  auto& home = at.home();
  const auto* chosen = choose(request);
  auto& s = home.open_session(transport_kind::websocket, request.peer, user_agent(request));
  home.guard(s, [&] {
    s.set_identity(std::move(who));
    s.set_plain(!chosen);
    s.set_privileged(at.state.auth.may_observe(request));
    auto how = std::make_unique<websocket_delivery>(s, chosen ? chosen->form : wire_form_id::ws_json);
    auto& delivery = *how;
    s.deliver_by(std::move(how));
    delivery.open(std::move(connection));
    const bool resumes = parse_token(request.parameter("token").value_or("")).has_value(); // is in nothing but what it was in
    if (s.plain() && !resumes && !home.settings().default_channel.empty())
      s.enter(home.settings().default_channel, std::nullopt);
  });
}

/// Whose it is is known. What fails now has no answer but the connection's end.
void accept(const request_context& at, const transports::exchange_ptr& exchange, identity_ptr who) {
  const auto& request = exchange->request();
  auto how = judge(at, request);
  if (!how)
    return exchange->respond(std::move(how.error()));
  const auto connection = exchange->upgrade(*how);
  if (!connection)
    return;
  try {
    if (is_mount(at, request.path))
      at.actor().mounts().open(request.path, connection);
    else
      start_session(at, connection, request, std::move(who));
    connection->flush(); // the 101, with what was said at once
  } catch (const std::exception&) {
    connection->abort();
    throw;
  }
}

} // namespace

void open_websocket(const request_context& at, transports::exchange_ptr exchange) {
  auto how = judge(at, exchange->request());
  if (!how)
    return exchange->respond(std::move(how.error()));
  identify(at, std::move(exchange), transport_kind::websocket, how->subprotocol,
           [at](const auto& known, identity_ptr who) { accept(at, known, std::move(who)); });
}

} // namespace troupe::actors
