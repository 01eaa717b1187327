// POST /send: a message to a user's inbox, or a command of a stream's or poll's session.

#include "actors/endpoints/endpoints.hpp"
#include "actors/endpoints/origin_policy.hpp"
#include "actors/sessions/session_token.hpp"
#include "actors/sessions/shard.hpp"
#include "protocol/decoder.hpp"
#include "protocol/names.hpp"

#include <utility>

namespace troupe::actors {

namespace {

using transports::error_response;
using transports::exchange_ptr;

protocol::decode_limits bounds_of(const config::limit_settings& limits) {
  return {limits.message_bytes, limits.message_depth};
}

using reading = tl::expected<protocol::send_request, protocol::decode_failure>;

/// The body as it was read to find its shard, or read now.
reading reading_of(const transports::http_request& request, const config::limit_settings& limits) {
  if (const auto* before = std::any_cast<reading>(&request.read))
    return *before;
  return protocol::decode_send(request.body, bounds_of(limits));
}

void refuse(const request_context& at, const exchange_ptr& exchange, const protocol::error& why) {
  at.home().counters().errors.count(why.why.code);
  exchange->respond(http_refusal(why));
}

void send_to_user(const request_context& at, const exchange_ptr& exchange, protocol::send_request::to_user what) {
  const auto channel = protocol::inbox_of(what.user);
  if (auto wrong = protocol::channel_name_error(channel); wrong || what.user.empty())
    return refuse(at, exchange, {{}, {error_code::bad_message, "userId: " + wrong.value_or("is empty")}, {}});
  const auto* rights = at.home().find_rights(channel);
  if (!rights || rights->send != config::permission::anyone)
    return refuse(at, exchange, {{}, {error_code::refused, "sending to a userId is not allowed here"}, {}});
  protocol::publish p;
  p.channel = channel;
  p.data = std::move(what.message);
  const auto answer = [exchange](const protocol::server_message& m) {
    if (const auto* no = std::get_if<protocol::error>(&m))
      exchange->respond(http_refusal(no->why));
    else
      exchange->respond(transports::http_response::json(200, R"({"success":true})"));
  };
  const starter stranger{address_of(exchange->request().peer), 0}; // who names inboxes at will is stopped like anybody else
  at.home().call(channel, {{}, true, {}, std::move(p)}, answer, stranger);
}

void command_of_session(const request_context& at, const exchange_ptr& exchange, protocol::send_request::of_session what) {
  const auto token = parse_token(what.token);
  auto* s = token ? at.home().find_session(token->id) : nullptr;
  if (!s || !s->has_secret(token->secret))
    return refuse(at, exchange, {what.what.id, {error_code::expired, "no session has that token"}, {}});
  if (s->transport() == transport_kind::websocket) // it has a way of its own, and ids of its own
    return refuse(at, exchange, {what.what.id, {error_code::refused, "the session is a WebSocket: send it there"}, {}});
  at.home().guard(*s, [&] { s->handle_for(exchange, std::move(what.what)); });
}

} // namespace

void open_send(const request_context& at, exchange_ptr exchange) {
  const auto& request = exchange->request();
  const auto& listen = at.home().settings().listen;
  exchange = readable_by_pages(std::move(exchange), listen);
  if (request.method == "OPTIONS")
    return exchange->respond(preflight("POST"));
  if (request.method != "POST")
    return exchange->respond(wrong_method("POST, OPTIONS"));
  if (auto no = forged(listen, request))
    return exchange->respond(std::move(*no));
  if (at.state.draining)
    return exchange->respond(being_stopped(at));
  ++at.home().counters().messages_received;
  auto read = reading_of(request, at.home().settings().limits);
  if (!read)
    return refuse(at, exchange, {std::move(read.error().id), std::move(read.error().why), {}});
  if (auto* to = std::get_if<protocol::send_request::to_user>(&read->body))
    return send_to_user(at, exchange, std::move(*to));
  command_of_session(at, exchange, std::move(std::get<protocol::send_request::of_session>(read->body)));
}

std::size_t home_of_send(transports::http_request& request, std::size_t shards, std::size_t otherwise,
                         const config::limit_settings& limits) {
  auto read = protocol::decode_send(request.body, bounds_of(limits));
  const auto* of = read ? std::get_if<protocol::send_request::of_session>(&read->body) : nullptr;
  const auto token = of ? parse_token(of->token) : std::nullopt;
  const auto home = token ? shard_of(token->id, shards, otherwise) : otherwise;
  request.read = std::move(read);
  return home;
}

} // namespace troupe::actors
