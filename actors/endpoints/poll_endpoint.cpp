// Long polling: GET /poll with userId, channels, or the cursor of the last answer.

#include "actors/endpoints/endpoints.hpp"
#include "actors/endpoints/origin_policy.hpp"
#include "actors/sessions/poll_delivery.hpp"
#include "actors/sessions/session_token.hpp"
#include "actors/sessions/shard.hpp"
#include "protocol/names.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace troupe::actors {

namespace {

using transports::error_response;
using transports::exchange_ptr;

std::string inbox_of(std::string_view user) { return "user:" + std::string{user}; }

/// FNV-1a: polls of one user meet on one shard.
std::size_t hash(std::string_view text) {
  std::uint64_t h = 14695981039346656037u;
  for (const char c : text)
    h = (h ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return static_cast<std::size_t>(h ^ (h >> 32));
}

/// A session that polls, with its first poll waiting in it.
session& new_session(const request_context& at, const exchange_ptr& exchange, const std::string& user, std::size_t joins,
                     std::optional<poll_cursor> cursor) {
  auto& s = at.home().open_session(transport_kind::poll, exchange->request().peer);
  s.set_user(user);
  s.privileged = at.state.auth.may_observe(exchange->request());
  auto how = std::make_unique<poll_delivery>(s, user, joins);
  auto& delivery = *how;
  s.deliver_by(std::move(how));
  delivery.poll(exchange, std::move(cursor));
  return s;
}

poll_delivery& delivery_of(session& s) { return static_cast<poll_delivery&>(s.how()); }

/// The session that a poll goes on with; null: it needs a new one.
session* session_of(const request_context& at, const transports::http_request& request) {
  if (const auto text = request.parameter("cursor"); text && !text->empty()) {
    const auto cursor = poll_cursor::from_text(*text);
    const auto token = cursor ? parse_token(cursor->token) : std::nullopt;
    auto* s = token ? at.home().find_session(token->id) : nullptr;
    return s && s->transport() == transport_kind::poll && s->has_secret(token->secret) ? s : nullptr;
  }
  const auto user = request.parameter("userId");
  return user ? at.home().find_inbox(std::string{*user}) : nullptr;
}

// -- three ways to come -------------------------------------------------------

void poll_inbox(const request_context& at, const exchange_ptr& exchange, const std::string& user) {
  const auto name = inbox_of(user);
  if (auto wrong = protocol::channel_name_error(name); wrong || user.empty())
    return exchange->respond(error_response(400, "bad_channel", wrong.value_or("userId is empty")));
  const auto* rights = at.home().find_rights(name);
  if (!rights || rights->send != config::permission::anyone)
    return exchange->respond(error_response(403, "refused", "polls by userId are not allowed here"));
  if (auto* s = at.home().find_inbox(user)) {
    const auto* there = s->find(name);
    if (there && !there->leaving && !there->has_last_word())
      return at.home().guard(*s, [&] { delivery_of(*s).poll(exchange, std::nullopt); });
    at.home().close_later(*s, leave_reason::left, protocol::close_code::none, "left its inbox");
  }
  auto& s = new_session(at, exchange, user, 1, std::nullopt);
  at.home().keep_inbox(user, s);
  at.home().guard(s, [&] { s.enter(name, std::nullopt, {}, true); });
}

void poll_channels(const request_context& at, const exchange_ptr& exchange) {
  std::vector<std::string> names;
  for (const auto name : exchange->request().parameters("channel"))
    if (std::find(names.begin(), names.end(), name) == names.end())
      names.emplace_back(name);
  const auto most = at.home().settings().limits.sse_channels;
  if (names.size() > most)
    return exchange->respond(error_response(400, "limit", "a poll has at most " + std::to_string(most) + " channels"));
  auto& s = new_session(at, exchange, {}, names.size(), std::nullopt);
  at.home().guard(s, [&] {
    for (const auto& name : names)
      s.enter(name, std::nullopt);
  });
}

/// Each channel once, and no more than a poll may have: clients can forge a cursor.
bool is_sound(const poll_cursor& cursor, std::size_t channels_max) {
  std::set<std::string_view> names;
  for (const auto& p : cursor.positions)
    names.insert(p.channel);
  return names.size() == cursor.positions.size() && names.size() <= channels_max;
}

/// A cursor that names a user is of its inbox and of nothing else, and only where inboxes may be polled.
bool may_be_inbox(const request_context& at, const poll_cursor& cursor) {
  if (cursor.user.empty())
    return true;
  const auto name = inbox_of(cursor.user);
  const auto* rights = at.home().find_rights(name);
  return rights && rights->send == config::permission::anyone && cursor.positions.size() == 1 &&
         cursor.positions[0].channel == name;
}

void poll_on(const request_context& at, const exchange_ptr& exchange, std::string_view text) {
  auto cursor = poll_cursor::from_text(text);
  const auto token = cursor ? parse_token(cursor->token) : std::nullopt;
  if (!token)
    return exchange->respond(error_response(400, "bad_message", "the cursor is none of ours"));
  if (!is_sound(*cursor, at.home().settings().limits.sse_channels))
    return exchange->respond(error_response(400, "bad_message", "the cursor is none of ours"));
  auto* s = at.home().find_session(token->id);
  if (s && s->transport() == transport_kind::poll && s->has_secret(token->secret))
    return at.home().guard(*s, [&] { delivery_of(*s).poll(exchange, std::move(cursor)); });

  // The session is gone: a new one goes on at the same places, with no right that a first poll would not have.
  if (cursor->positions.empty() || !may_be_inbox(at, *cursor))
    return exchange->respond(error_response(401, "expired", "that session is gone: poll without cursor"));
  auto positions = cursor->positions;
  for (auto& p : cursor->positions)
    p.entry = p.acked = 0; // of another session
  const auto user = std::exchange(cursor->user, {});
  auto& fresh = new_session(at, exchange, user, positions.size(), std::move(cursor));
  if (!user.empty() && !at.home().find_inbox(user))
    at.home().keep_inbox(user, fresh);
  at.home().guard(fresh, [&] {
    for (auto& p : positions)
      fresh.enter(p.channel, std::move(p.at), {}, !user.empty());
  });
}

} // namespace

void open_poll(const request_context& at, exchange_ptr exchange) {
  const auto& request = exchange->request();
  if (request.method != "GET")
    return exchange->respond(wrong_method("GET"));
  if (!origin_allowed(at.home().settings().listen, request)) // a poll moves the position of an inbox
    return exchange->respond(error_response(403, "bad_origin", "pages of that origin may not poll; listen.origins says which may"));
  if (at.state.draining && !session_of(at, request)) // the others fetch what was said to them
    return exchange->respond(error_response(503, "unavailable", "the node is stopping"));
  ++at.home().counters().messages_received;
  if (const auto cursor = request.parameter("cursor"); cursor && !cursor->empty())
    return poll_on(at, exchange, *cursor);
  if (const auto user = request.parameter("userId"))
    return poll_inbox(at, exchange, std::string{*user});
  if (request.parameter("channel"))
    return poll_channels(at, exchange);
  ++at.home().counters().errors;
  exchange->respond(error_response(400, "bad_message", "name a userId, a channel or a cursor"));
}

std::size_t home_of_poll(const transports::http_request& request, std::size_t shards, std::size_t otherwise) {
  if (const auto text = request.parameter("cursor"); text && !text->empty()) {
    const auto cursor = poll_cursor::from_text(*text);
    const auto token = cursor ? parse_token(cursor->token) : std::nullopt;
    return token ? shard_of(token->id, shards) : otherwise;
  }
  const auto user = request.parameter("userId");
  return user ? hash(*user) % shards : otherwise;
}

} // namespace troupe::actors
