#include "actors/endpoints/resuming.hpp"

#include "actors/sessions/session_token.hpp"
#include "actors/sessions/shard.hpp"

#include <charconv>

namespace troupe::actors {

namespace {

/// The token in a list of subprotocols; empty: there is none.
std::string_view offered_token(const transports::http_request& request) {
  for (const auto& [name, value] : request.headers) {
    if (name != "sec-websocket-protocol")
      continue;
    const std::string_view list = value;
    const auto begin = list.find(token_subprotocol);
    if (begin == std::string_view::npos || (begin > 0 && list[begin - 1] != ',' && list[begin - 1] != ' '))
      continue;
    const auto token = list.substr(begin + token_subprotocol.size());
    return token.substr(0, token.find_first_of(", \t"));
  }
  return {};
}

} // namespace

std::optional<resume_request> resume_request::of(const transports::http_request& request) {
  const auto token = request.parameter("token");
  const auto received = request.parameter("received");
  if (!token || !parse_token(*token) || !received || request.header("last-event-id")) // it may be the application's own
    return std::nullopt;
  resume_request asked{std::string{*token}, 0};
  const auto* end = received->data() + received->size();
  const auto read = std::from_chars(received->data(), end, asked.received);
  if (read.ec != std::errc{} || read.ptr != end)
    return std::nullopt;
  return asked;
}

std::size_t home_of_token(const transports::http_request& request, std::size_t shards, std::size_t otherwise) {
  const auto in_query = request.parameter("token");
  const auto token = parse_token(in_query ? std::string_view{*in_query} : offered_token(request));
  return token ? shard_of(token->id, shards, otherwise) : otherwise;
}

session* find_resumed(const request_context& at, const std::optional<resume_request>& asked, const identity_ptr& as) {
  if (!asked || at.state.draining)
    return nullptr;
  const auto found = at.home().find_resumable(asked->token, as);
  if (!found || !(*found)->was_sent(asked->received))
    return nullptr;
  return *found;
}

} // namespace troupe::actors
