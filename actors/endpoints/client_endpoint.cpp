// /troupe.js and its like: the JavaScript client of this node's own version, for pages of any origin.

#include "actors/endpoints/client_assets.hpp"
#include "actors/endpoints/endpoints.hpp"
#include "actors/endpoints/static_files.hpp"

#include <algorithm>
#include <functional>

namespace troupe::actors {

using transports::error_response;
using transports::http_response;

void open_client(const request_context&, transports::exchange_ptr exchange) {
  const auto& request = exchange->request();
  if (request.method != "GET" && request.method != "HEAD")
    return exchange->respond(wrong_method("GET, HEAD"));
  const auto name = std::string_view{request.path}.substr(1);
  const auto all = client_assets();
  const auto found = std::find_if(all.begin(), all.end(), [&](const asset& a) { return a.name == name; });
  if (found == all.end())
    return exchange->respond(error_response(404, "not_found", "there is nothing at this path"));

  const auto tag = '"' + std::to_string(std::hash<std::string_view>{}(found->bytes)) + '"';
  http_response r{200,
                  {{"Content-Type", content_type(name)},
                   {"Cache-Control", "no-cache"}, // always of this node's version; unchanged, it costs a 304
                   {"ETag", tag},
                   {"Access-Control-Allow-Origin", "*"}, // modules of other origins ask for it
                   {"X-Content-Type-Options", "nosniff"}},
                  {}};
  if (request.header("if-none-match") == tag)
    r.status = 304;
  else
    r.body = std::string{found->bytes};
  exchange->respond(std::move(r));
}

} // namespace troupe::actors
