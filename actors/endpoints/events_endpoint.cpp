// Server-Sent Events: GET /events?channel=a&channel=b.

#include "actors/endpoints/endpoints.hpp"
#include "actors/endpoints/origin_policy.hpp"
#include "actors/sessions/shard.hpp"
#include "actors/sessions/sse_delivery.hpp"

#include <algorithm>
#include <optional>

namespace troupe::actors {

namespace {

using protocol::wire_form_id;
using transports::error_response;
using transports::http_request;
using transports::http_response;

/// What is no position of ours is one that nobody has: the answer says that it was not recovered.
std::optional<position> read_position(std::string_view text) {
  if (text.empty() || text == "-")
    return std::nullopt;
  return parse_position(text).value_or(position{std::string{text}, 0});
}

/// Positions in the order of the channels: `e1-o1,e2-o2`.
std::vector<std::optional<position>> positions(const http_request& request, std::size_t channels) {
  auto id = request.header("last-event-id");
  if (!id || id->empty())
    id = request.parameter("lastEventId");
  std::vector<std::optional<position>> all(channels);
  std::string_view rest = id.value_or("");
  for (std::size_t i = 0; i < channels && !rest.empty(); ++i) {
    const auto comma = channels == 1 ? rest.size() : std::min(rest.find(','), rest.size());
    all[i] = read_position(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return all;
}

std::vector<std::string> channels_of(const http_request& request, const config::settings& settings) {
  std::vector<std::string> all;
  for (const auto name : request.parameters("channel"))
    if (std::find(all.begin(), all.end(), name) == all.end())
      all.emplace_back(name);
  if (all.empty() && !settings.default_channel.empty())
    all.push_back(settings.default_channel);
  return all;
}

/// Who may read the answer in a browser: pages of any origin where anonymous clients may read, else allowed ones.
void allow_origin(http_response& to, const request_context& at, const http_request& request,
                  const std::vector<std::string>& channels) {
  const bool open = std::all_of(channels.begin(), channels.end(), [&](const auto& c) {
    const auto* rights = at.home().find_rights(c);
    return rights && rights->cross_origin && rights->subscribe == config::permission::anyone;
  });
  if (open) {
    to.headers.emplace_back("Access-Control-Allow-Origin", "*");
    return;
  }
  to.headers.emplace_back("Vary", "Origin");
  const auto origin = request.header("origin");
  if (origin && origin_allowed(at.home().settings().listen, request))
    to.headers.emplace_back("Access-Control-Allow-Origin", std::string{*origin});
}

http_response stream_head() {
  return {200,
          {{"Content-Type", "text/event-stream"},
           {"Cache-Control", "no-cache, no-transform"},
           {"X-Accel-Buffering", "no"}},
          {}};
}

} // namespace

void open_events(const request_context& at, transports::exchange_ptr exchange) {
  const auto& request = exchange->request();
  const auto& settings = at.home().settings();
  auto channels = channels_of(request, settings);
  if (request.method == "OPTIONS") {
    http_response yes{204, {{"Access-Control-Allow-Methods", "GET"}, {"Access-Control-Allow-Headers", "last-event-id, cache-control"}}, {}};
    allow_origin(yes, at, request, channels);
    return exchange->respond(std::move(yes));
  }
  if (request.method != "GET" && request.method != "HEAD")
    return exchange->respond(wrong_method("GET, HEAD, OPTIONS"));
  auto head = stream_head();
  allow_origin(head, at, request, channels);
  if (request.method == "HEAD")
    return exchange->respond(std::move(head));

  if (channels.empty())
    return exchange->respond(error_response(400, "bad_message", "name a channel: /events?channel=a"));
  if (channels.size() > settings.limits.sse_channels)
    return exchange->respond(error_response(400, "limit", "a stream has at most " + std::to_string(settings.limits.sse_channels) + " channels"));
  const auto format = request.parameter("format").value_or("");
  if (!format.empty() && format != "envelope" && format != "data")
    return exchange->respond(error_response(400, "bad_message", "format is envelope, or left out"));
  if (at.state.draining)
    return exchange->respond(error_response(503, "unavailable", "the node is stopping"));

  const bool envelope = channels.size() > 1 || format == "envelope";
  const auto since = positions(request, channels.size());
  auto& s = at.home().open_session(transport_kind::sse, request.peer);
  at.home().guard(s, [&] {
    s.privileged = at.state.auth.may_observe(request);
    s.deliver_by(std::make_unique<sse_delivery>(s, envelope ? wire_form_id::sse_envelope : wire_form_id::sse_data,
                                                std::move(exchange), channels, std::move(head)));
    for (std::size_t i = 0; i < channels.size(); ++i)
      s.enter(channels[i], since[i]);
  });
}

} // namespace troupe::actors
