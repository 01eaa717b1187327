// /observer: the supervision tree as a page. The files hold no secret; what they fetch asks for the cookie.

#include "actors/endpoints/endpoints.hpp"
#include "actors/endpoints/observer_assets.hpp"
#include "actors/sessions/shard.hpp"

#include <algorithm>

namespace troupe::actors {

namespace {

using transports::error_response;
using transports::http_response;

http_response file_of_observer(const asset& a) {
  return {200,
          {{"Content-Type", content_type(a.name)},
           {"Cache-Control", "no-cache"},
           {"X-Content-Type-Options", "nosniff"},
           {"Referrer-Policy", "no-referrer"},
           {"Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'; base-uri 'none'"}},
          std::string{a.bytes}};
}

http_response go_to_observer(std::string cookie) {
  return {303, {{"Location", "/observer"}, {"Set-Cookie", std::move(cookie)}, {"Cache-Control", "no-store"}}, {}};
}

} // namespace

void open_observer(const request_context& at, transports::exchange_ptr exchange) {
  const auto& request = exchange->request();
  if (!at.state.settings.api.observer)
    return exchange->respond(error_response(404, "not_found", "the observer is switched off (api.observer)"));
  if (request.method != "GET" && request.method != "HEAD")
    return exchange->respond(wrong_method("GET, HEAD"));
  std::string_view name = request.path;
  name.remove_prefix(std::string_view{"/observer"}.size());
  if (name.starts_with('/'))
    name.remove_prefix(1);
  else if (!name.empty())
    return exchange->respond(error_response(404, "not_found", "there is nothing at this path"));
  if (name.empty()) {
    if (const auto once = request.parameter("once"); once && request.method == "GET")
      if (auto login = at.state.auth.redeem(*once, at.home().clock().steady())) {
        at.state.bus.announce(events::audit{"login", {}, std::move(login->who), request.peer});
        return exchange->respond(go_to_observer(std::move(login->cookie)));
      }
    name = "index.html";
  }
  const auto all = observer_assets();
  const auto found = std::find_if(all.begin(), all.end(), [&](const asset& a) { return a.name == name; });
  exchange->respond(found != all.end() ? file_of_observer(*found)
                                       : error_response(404, "not_found", "there is nothing at this path"));
}

} // namespace troupe::actors
