#include "actors/endpoints/resuming.hpp"

#include "actors/sessions/session_token.hpp"
#include "actors/sessions/shard.hpp"

#include <algorithm>
#include <charconv>

namespace troupe::actors {

namespace {

/// The token among the subprotocols that are offered; empty: there is none.
std::string_view offered_token(const transports::http_request& request) {
  for (const auto offer : offered_subprotocols(request))
    if (offer.starts_with(token_subprotocol))
      return offer.substr(token_subprotocol.size());
  return {};
}

bool read_number(std::string_view text, std::uint64_t& into) {
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, into);
  return read.ec == std::errc{} && read.ptr == end;
}

} // namespace

std::vector<std::string_view> offered_subprotocols(const transports::http_request& request) {
  std::vector<std::string_view> all;
  for (const auto& [name, value] : request.headers) {
    if (name != "sec-websocket-protocol")
      continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const auto comma = std::min(rest.find(','), rest.size());
      auto offer = rest.substr(0, comma);
      rest.remove_prefix(std::min(comma + 1, rest.size()));
      offer.remove_prefix(std::min(offer.find_first_not_of(" \t"), offer.size()));
      all.push_back(offer.substr(0, offer.find_last_not_of(" \t") + 1));
    }
  }
  return all;
}

bool wants_envelopes(const transports::http_request& request) { return request.parameter("format") == "envelope"; }

std::optional<resume_request> resume_request::of(const transports::http_request& request) {
  const auto token = request.parameter("token");
  const auto received = request.parameter("received");
  if (!token || !parse_token(*token) || !received || request.header("last-event-id")) // it may be the application's own
    return std::nullopt;
  resume_request asked{std::string{*token}};
  const auto attempt = request.parameter("attempt");
  if (!read_number(*received, asked.received) || (attempt && !read_number(*attempt, asked.attempt)))
    return std::nullopt;
  for (const auto at : request.parameters("at"))
    if (const auto end = at.rfind('@'); end != std::string_view::npos)
      if (auto where = parse_position(at.substr(end + 1)))
        asked.positions.insert_or_assign(std::string{at.substr(0, end)}, *std::move(where));
  return asked;
}

std::optional<resume_request> resume_request::arrived(const request_context& at, const transports::http_request& request) {
  auto asked = of(request);
  if (asked)
    asked->came = at.home().next_id().counter();
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
  const auto found = at.home().find_resumable(asked->token, asked->received, as, {asked->came, asked->attempt});
  return found ? *found : nullptr;
}

} // namespace troupe::actors
