// WebSockets: `/ws`, an upgrade on `/`, and raw mounts.

#include "actors/endpoints/endpoints.hpp"
#include "actors/endpoints/origin_policy.hpp"
#include "actors/sessions/shard_actor.hpp"
#include "actors/sessions/websocket_delivery.hpp"

#include <algorithm>
#include <optional>

namespace troupe::actors {

namespace {

using protocol::wire_form_id;
using transports::error_response;

struct subprotocol {
  std::string_view name;
  wire_form_id form;
};
constexpr subprotocol spoken[] = {{"troupe.v1.json", wire_form_id::ws_json}, {"troupe.v1.msgpack", wire_form_id::ws_msgpack}};

/// The first of the client's choice that we speak. RFC 6455 section 4.2.2: its order is its preference.
const subprotocol* choose(const transports::http_request& request) {
  for (const auto& [name, value] : request.headers) {
    if (name != "sec-websocket-protocol")
      continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const auto comma = std::min(rest.find(','), rest.size());
      auto offer = rest.substr(0, comma);
      rest.remove_prefix(std::min(comma + 1, rest.size()));
      offer.remove_prefix(std::min(offer.find_first_not_of(" \t"), offer.size()));
      offer = offer.substr(0, offer.find_last_not_of(" \t") + 1);
      for (const auto& s : spoken)
        if (s.name == offer)
          return &s;
    }
  }
  return nullptr;
}

bool is_mount(const request_context& at, const std::string& path) {
  const auto& all = at.state.mounts;
  return std::find(all.begin(), all.end(), path) != all.end();
}

} // namespace

transports::upgrade_verdict judge_upgrade(const request_context& at, const transports::http_request& request) {
  const auto& settings = at.home().settings();
  if (!origin_allowed(settings.listen, request))
    return error_response(403, "bad_origin", "pages of that origin may not connect; listen.origins says which may");
  if (at.state.draining)
    return being_stopped(at);
  transports::upgrade_accepted yes{{}, settings.limits.message_bytes};
  if (is_mount(at, request.path)) {
    if (!at.actor().mounts().serves(request.path))
      return http_refusal({error_code::unavailable, "what serves this path is being started anew: try again"});
    return yes;
  }
  if (request.path != "/ws" && request.path != "/")
    return error_response(404, "not_found", "WebSockets are served at /ws");
  if (const auto* s = choose(request))
    yes.subprotocol = s->name;
  else if (request.header("sec-websocket-protocol"))
    return error_response(400, "bad_subprotocol", "subprotocols are troupe.v1.json and troupe.v1.msgpack, or none");
  return yes;
}

void open_websocket(const request_context& at, std::shared_ptr<transports::connection> connection,
                    const transports::http_request& request) {
  auto& home = at.home();
  if (is_mount(at, request.path))
    return at.actor().mounts().open(request.path, std::move(connection));
  const auto* chosen = choose(request);
  auto& s = home.open_session(transport_kind::websocket, request.peer);
  home.guard(s, [&] {
    s.set_plain(!chosen);
    s.set_privileged(at.state.auth.may_observe(request));
    auto how = std::make_unique<websocket_delivery>(s, chosen ? chosen->form : wire_form_id::ws_json);
    auto& delivery = *how;
    s.deliver_by(std::move(how));
    delivery.open(std::move(connection));
    if (s.plain() && !home.settings().default_channel.empty())
      s.enter(home.settings().default_channel, std::nullopt);
  });
}

} // namespace troupe::actors
