// Long polling: GET /poll with userId, channels, or the cursor of the last answer.
//
// Pages of other sites are refused whatever they ask: a poll opens a session, acknowledges, or moves a kept position, and
// an image or a script fetches without an Origin.

#include "actors/endpoints/endpoints.hpp"
#include "actors/endpoints/identification.hpp"
#include "actors/endpoints/origin_policy.hpp"
#include "actors/endpoints/requested_channels.hpp"
#include "actors/endpoints/resuming.hpp"
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

using protocol::inbox_of;

/// FNV-1a: polls of one user meet on one shard.
std::size_t hash(std::string_view text) {
  std::uint64_t h = 14695981039346656037u;
  for (const char c : text)
    h = (h ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return static_cast<std::size_t>(h ^ (h >> 32));
}

/// A session that polls, with its first poll waiting in it. `inbox`: whose it reads; empty: none. Where nobody says who
/// clients are, that is who it is, too.
session& new_session(const request_context& at, const exchange_ptr& exchange, identity_ptr who, const std::string& inbox,
                     std::size_t joins, bool envelopes, std::optional<poll_cursor> cursor) {
  auto& s = at.home().open_session(transport_kind::poll, exchange->request().peer, user_agent(exchange->request()));
  if (!who && !inbox.empty())
    who = std::make_shared<const identity>(identity{inbox, {}, {}});
  s.set_identity(std::move(who));
  s.set_privileged(at.state.auth.may_observe(exchange->request()));
  auto how = std::make_unique<poll_delivery>(s, inbox, joins, envelopes);
  auto& delivery = *how;
  s.deliver_by(std::move(how));
  delivery.poll(exchange, std::move(cursor));
  return s;
}

poll_delivery& delivery_of(session& s) { return static_cast<poll_delivery&>(s.how()); }

/// One more poll of a session that is there; polls are paced with its commands.
void poll_known(const request_context& at, session& s, const exchange_ptr& exchange, std::optional<poll_cursor> cursor) {
  if (auto no = s.too_fast()) {
    at.home().counters().errors.count(no->code);
    return exchange->respond(http_refusal(*no));
  }
  at.home().guard(s, [&] { delivery_of(s).poll(exchange, std::move(cursor)); });
}

/// The session that a token names; null: none, or not one that polls.
session* find_poll_session(const request_context& at, std::string_view token) {
  const auto parts = parse_token(token);
  auto* s = parts ? at.home().find_session(parts->id) : nullptr;
  return s && s->transport() == transport_kind::poll && s->has_secret(parts->secret) ? s : nullptr;
}

/// An inbox is its user's alone where the application says who clients are.
bool is_anothers(const request_context& at, const identity_ptr& who, std::string_view inbox) {
  return at.home().handshakes().asks() && !inbox.empty() && (!who || who->user != inbox);
}

// -- three ways to come -------------------------------------------------------

void poll_inbox(const request_context& at, const exchange_ptr& exchange, identity_ptr who, const std::string& user) {
  auto* s = at.home().find_inbox(user);
  if (s && s->transport() != transport_kind::poll) // its client goes on over another transport
    s = nullptr;
  if (!s && at.state.draining)
    return exchange->respond(being_stopped(at));
  const auto name = inbox_of(user);
  if (auto wrong = protocol::channel_name_error(name); wrong || user.empty())
    return exchange->respond(error_response(400, "bad_channel", wrong.value_or("userId is empty")));
  if (is_anothers(at, who, user))
    return exchange->respond(error_response(403, "refused", "that inbox is another user's"));
  const auto* rights = at.home().find_rights(name);
  if (!rights || rights->send != config::permission::anyone)
    return exchange->respond(error_response(403, "refused", "polls by userId are not allowed here"));
  if (s) {
    const auto* there = s->find(name);
    if (there && there->wanted() && !there->leaving())
      return poll_known(at, *s, exchange, std::nullopt);
    at.home().close_later(*s, leave_reason::left, protocol::close_code::none, "left its inbox");
  }
  auto& fresh = new_session(at, exchange, std::move(who), user, 1, wants_envelopes(exchange->request()), std::nullopt);
  at.home().keep_inbox(user, fresh);
  at.home().guard(fresh, [&] { fresh.enter(name, std::nullopt, {}, true); });
}

/// Where another transport got to, as its ids say it.
std::string_view position_given(const transports::http_request& request) {
  if (const auto since = request.parameter("since"))
    return *since;
  return request.parameter("lastEventId").value_or("");
}

void poll_channels(const request_context& at, const exchange_ptr& exchange, identity_ptr who) {
  if (at.state.draining)
    return exchange->respond(being_stopped(at));
  auto channels = requested_channels::of(exchange->request());
  if (auto no = too_many_channels(at, channels))
    return exchange->respond(std::move(*no));
  const bool envelopes = wants_envelopes(exchange->request());
  if (channels.names.empty() && !envelopes)
    return exchange->respond(error_response(400, "bad_message", "name a channel, or ask for format=envelope"));
  channels.go_on_from(position_given(exchange->request()));
  auto& s = new_session(at, exchange, std::move(who), {}, channels.names.size(), envelopes, std::nullopt);
  at.home().guard(s, [&] {
    for (std::size_t i = 0; i < channels.names.size(); ++i)
      s.enter(channels.names[i], std::move(channels.since[i]));
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

/// The session that a cursor names is gone: a new one goes on at the same places, with no right that a first poll would
/// not have.
void poll_anew(const request_context& at, const exchange_ptr& exchange, identity_ptr who, poll_cursor cursor) {
  if (at.state.draining)
    return exchange->respond(being_stopped(at));
  if (is_anothers(at, who, cursor.user))
    return exchange->respond(error_response(403, "refused", "that inbox is another user's"));
  auto positions = cursor.positions;
  for (auto& p : cursor.positions)
    p.entry = p.acked = 0; // of another session
  cursor.count = cursor.said = 0;
  const bool envelopes = cursor.envelopes;
  const auto user = std::exchange(cursor.user, {});
  auto& fresh = new_session(at, exchange, std::move(who), user, positions.size(), envelopes, std::move(cursor));
  if (!user.empty() && !at.home().find_inbox(user))
    at.home().keep_inbox(user, fresh);
  at.home().guard(fresh, [&] {
    for (auto& p : positions)
      fresh.enter(p.channel, std::move(p.at), {}, !user.empty());
  });
}

void poll_on(const request_context& at, exchange_ptr exchange, std::string_view text) {
  auto cursor = poll_cursor::from_text(text);
  if (!cursor || !parse_token(cursor->token) || !is_sound(*cursor, at.home().settings().limits.sse_channels))
    return exchange->respond(error_response(400, "bad_message", "the cursor is none of ours"));
  if (auto* s = find_poll_session(at, cursor->token))
    return poll_known(at, *s, exchange, std::move(cursor));
  if (at.state.draining)
    return exchange->respond(being_stopped(at));
  const auto* elsewhere = at.home().find_session(parse_token(cursor->token)->id);
  if (elsewhere && elsewhere->has_secret(parse_token(cursor->token)->secret))
    return exchange->respond(http_refusal(protocol::close_code::replaced, "that session goes on over another transport"));
  const auto* over = at.home().epitaph_of(*parse_token(cursor->token));
  if (over && over->why == leave_reason::kicked)
    return exchange->respond(http_refusal(protocol::close_code::kicked, over->words));
  if (over && over->why != leave_reason::lost) // left
    return exchange->respond(error_response(401, "expired", "that session is over (" + over->words + "): poll without cursor"));
  std::erase_if(cursor->positions, [](const poll_position& p) { return p.at.epoch.empty(); });
  if (cursor->positions.empty() || !may_be_inbox(at, *cursor))
    return exchange->respond(error_response(401, "expired", "that session is gone: poll without cursor"));
  identify(at, std::move(exchange), transport_kind::poll, {},
           [at, from = std::move(*cursor)](const auto& known, identity_ptr who) {
             poll_anew(at, known, std::move(who), from);
           });
}

/// The session goes on, or a new one begins in the channels that the address names, too.
void poll_resumed(const request_context& at, const exchange_ptr& exchange, identity_ptr who, const resume_request& asked) {
  auto* known = find_resumed(at, asked, who);
  if (!known)
    return poll_channels(at, exchange, std::move(who));
  if (const auto most = at.home().settings().limits.sse_channels; known->subscriptions().size() > most)
    return exchange->respond(http_refusal(
        {error_code::limit, "a session that polls has at most " + std::to_string(most) + " channels: come back another way"}));
  at.home().guard(*known, [&] {
    known->set_privileged(at.state.auth.may_observe(exchange->request()));
    auto how = std::make_unique<poll_delivery>(*known, std::string{}, 0, wants_envelopes(exchange->request()));
    auto& polls = *how;
    known->seen_from(exchange->request().peer, user_agent(exchange->request()));
    known->resume(std::move(how), {{}, asked.received, asked.positions, who, {asked.came, asked.attempt}});
    polls.come_back(exchange, asked.received);
  });
}

} // namespace

void open_poll(const request_context& at, exchange_ptr exchange) {
  const auto& request = exchange->request();
  const auto& listen = at.home().settings().listen;
  exchange = readable_by_pages(std::move(exchange), listen);
  if (request.method == "OPTIONS")
    return exchange->respond(preflight("GET"));
  if (request.method != "GET")
    return exchange->respond(wrong_method("GET, OPTIONS"));
  if (is_cross_site(listen, request)) // a poll opens a session, and moves the position of an inbox
    return exchange->respond(cross_site_refusal());
  ++at.home().counters().messages_received;
  // A node that drains goes on with the sessions it has: they fetch what was said to them.
  if (const auto cursor = request.parameter("cursor"); cursor && !cursor->empty())
    return poll_on(at, std::move(exchange), *cursor);
  if (auto asked = wants_envelopes(request) ? resume_request::arrived(at, request) : std::nullopt)
    return identify(at, std::move(exchange), transport_kind::poll, {},
                    [at, asked = std::move(*asked)](const auto& known, identity_ptr who) {
                      poll_resumed(at, known, std::move(who), asked);
                    });
  if (const auto user = request.parameter("userId"))
    return identify(at, std::move(exchange), transport_kind::poll, {},
                    [at, inbox = std::string{*user}](const auto& known, identity_ptr who) {
                      poll_inbox(at, known, std::move(who), inbox);
                    });
  if (request.parameter("channel"))
    return identify(at, std::move(exchange), transport_kind::poll, {},
                    [at](const auto& known, identity_ptr who) { poll_channels(at, known, std::move(who)); });
  at.home().counters().errors.count(error_code::bad_message);
  exchange->respond(error_response(400, "bad_message", "name a userId, a channel or a cursor"));
}

std::size_t home_of_poll(const transports::http_request& request, std::size_t shards, std::size_t otherwise) {
  if (const auto text = request.parameter("cursor"); text && !text->empty()) {
    const auto token = parse_token(poll_cursor::token_of(*text));
    return token ? shard_of(token->id, shards, otherwise) : otherwise;
  }
  if (resume_request::of(request))
    return home_of_token(request, shards, otherwise);
  const auto user = request.parameter("userId");
  return user ? hash(*user) % shards : otherwise;
}

} // namespace troupe::actors
