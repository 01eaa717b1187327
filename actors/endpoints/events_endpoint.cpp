// Server-Sent Events: GET /events?channel=a&channel=b.

#include "actors/endpoints/endpoints.hpp"
#include "actors/endpoints/identification.hpp"
#include "actors/endpoints/origin_policy.hpp"
#include "actors/endpoints/requested_channels.hpp"
#include "actors/endpoints/resuming.hpp"
#include "actors/sessions/shard.hpp"
#include "actors/sessions/sse_delivery.hpp"
#include "protocol/names.hpp"

#include <algorithm>
#include <optional>

namespace troupe::actors {

namespace {

using protocol::wire_form_id;
using transports::error_response;
using transports::http_request;
using transports::http_response;

/// Of the last event that its client has had.
std::string_view last_id(const http_request& request) {
  const auto id = request.header("last-event-id");
  return id && !id->empty() ? *id : request.parameter("lastEventId").value_or("");
}

requested_channels channels_of(const http_request& request, const config::settings& settings) {
  auto all = requested_channels::of(request);
  if (all.names.empty() && wants_envelopes(request) && resume_request::of(request)) // it was in channels of its own
    all.none = true;
  if (all.names.empty() && !all.none && !settings.default_channel.empty())
    all.names.push_back(settings.default_channel);
  all.go_on_from(last_id(request));
  return all;
}

/// Pages of any origin may read these: anonymous clients may, and the operator said so.
bool is_open_to_all(const request_context& at, const std::vector<std::string>& channels) {
  return !channels.empty() && std::all_of(channels.begin(), channels.end(), [&](const auto& c) {
    const auto* rights = at.home().find_rights(c);
    return rights && rights->cross_origin && rights->subscribe == config::permission::anyone;
  });
}

/// The headers by which a browser lets a page read the stream: any page, or those of allowed origins.
void allow_origin(http_response& to, const request_context& at, const http_request& request, bool open_to_all) {
  if (open_to_all)
    to.headers.emplace_back("Access-Control-Allow-Origin", "*");
  else
    let_page_read(to, at.home().settings().listen, request);
}

http_response stream_head() {
  return {200,
          {{"Content-Type", "text/event-stream"},
           {"Cache-Control", "no-cache, no-transform"},
           {"X-Accel-Buffering", "no"}},
          {}};
}

void start_stream(const request_context& at, const transports::exchange_ptr& exchange, identity_ptr who,
                  const requested_channels& channels, const http_response& head,
                  const std::optional<resume_request>& asked) {
  if (at.state.draining) // a status would end an EventSource for good
    return exchange->hang_up();
  const auto& request = exchange->request();
  const bool has_library = wants_envelopes(request);
  const bool envelope = channels.names.size() > 1 || has_library;
  const auto stream_of = [&](session& s) {
    return std::make_unique<sse_delivery>(s, envelope ? wire_form_id::sse_envelope : wire_form_id::sse_data, exchange,
                                          channels.names, head, has_library);
  };
  if (auto* known = find_resumed(at, asked, who))
    return at.home().guard(*known, [&] {
      known->set_privileged(at.state.auth.may_observe(request));
      known->seen_from(request.peer, user_agent(request));
      known->resume(stream_of(*known), {{}, asked->received, asked->positions, who, {asked->came, asked->attempt}});
    });
  auto& s = at.home().open_session(transport_kind::sse, request.peer, user_agent(request));
  at.home().guard(s, [&] {
    s.set_identity(std::move(who));
    s.set_privileged(at.state.auth.may_observe(request));
    auto how = stream_of(s);
    auto& stream = *how;
    s.deliver_by(std::move(how), has_library);
    if (channels.names.empty())
      stream.open_at_once();
    for (std::size_t i = 0; i < channels.names.size(); ++i)
      s.enter(channels.names[i], channels.since[i]);
  });
}

} // namespace

void open_events(const request_context& at, transports::exchange_ptr exchange) {
  const auto& request = exchange->request();
  const auto& settings = at.home().settings();
  auto channels = channels_of(request, settings);
  const bool open_to_all = !resume_request::of(request) && is_open_to_all(at, channels.names);
  if (request.method == "OPTIONS") {
    http_response yes{204, {{"Allow", "GET, HEAD, OPTIONS"}, {"Access-Control-Allow-Methods", "GET"}, {"Access-Control-Allow-Headers", "last-event-id, cache-control"}}, {}};
    allow_origin(yes, at, request, open_to_all);
    return exchange->respond(std::move(yes));
  }
  if (request.method != "GET" && request.method != "HEAD")
    return exchange->respond(wrong_method("GET, HEAD, OPTIONS"));
  auto head = stream_head();
  allow_origin(head, at, request, open_to_all);
  if (request.method == "HEAD")
    return exchange->stream(std::move(head))->close(protocol::close_code::normal, {});

  if (last_id(request) == protocol::stream_is_over) { // it was told so; nothing else ends an EventSource
    http_response no{204, {}, {}};
    allow_origin(no, at, request, open_to_all);
    return exchange->respond(std::move(no));
  }
  if (!open_to_all && is_cross_site(settings.listen, request)) // joining is heard, though nobody could read the stream
    return exchange->respond(cross_site_refusal());
  if (channels.names.empty() && !(channels.none && wants_envelopes(request))) // who has a library may be in none yet
    return exchange->respond(error_response(400, "bad_message", "name a channel: /events?channel=a"));
  if (auto no = too_many_channels(at, channels))
    return exchange->respond(std::move(*no));
  const auto format = request.parameter("format").value_or("");
  if (!format.empty() && format != "envelope" && format != "data")
    return exchange->respond(error_response(400, "bad_message", "format is envelope, or left out"));
  if (at.state.draining)
    return exchange->hang_up();

  const auto asked = wants_envelopes(request) ? resume_request::arrived(at, request) : std::nullopt;
  identify(at, std::move(exchange), transport_kind::sse, {},
           [at, channels = std::move(channels), head = std::move(head), asked](const auto& known, identity_ptr who) {
             start_stream(at, known, std::move(who), channels, head, asked);
           });
}

} // namespace troupe::actors
