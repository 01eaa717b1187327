// Pages of what is many, as JSON: channels and sessions; and what the node did in the last hour.

#include "actors/endpoints/api_queries.hpp"
#include "actors/endpoints/endpoints.hpp"
#include "actors/endpoints/report_parts.hpp"
#include "actors/sessions/shard.hpp"
#include "actors/sessions/shard_actor.hpp"
#include "protocol/names.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>
#include <unordered_map>
#include <utility>

namespace troupe::actors {

namespace {

using json = nlohmann::ordered_json;
using transports::error_response;
using transports::exchange_ptr;
using transports::http_response;

void nobody_answered(const exchange_ptr& to) {
  to->respond(http_refusal({error_code::unavailable, "too much is asked for at once, or the node is too busy: try again"}));
}

// -- channels -----------------------------------------------------------------

/// Of one that did not answer: what it alone knows is null.
json channel_json(const channel_description& c) {
  const auto own = [&c](const auto& value) { return c.answered() ? json(value) : json{}; };
  json out{{"name", c.name}, {"state", c.state}, {"members", own(c.members)}, {"rate", own(c.rate)}, {"epoch", own(c.epoch)},
           {"offset", own(c.head)}, {"publications", own(c.publications)}, {"restarts", own(c.restarts)},
           {"history_bytes", own(c.history_bytes)}, {"waiting", own(c.waiting)}, {"last_error", own(c.last_error)}};
  if (!c.running.empty())
    out["running"] = {{"event", c.running}, {"seconds", seconds_of(c.running_for)}};
  return out;
}

/// In the order in which they were picked, without those that are gone.
json rows_of(const channel_list& list) {
  std::unordered_map<std::string_view, const channel_description*> by_name;
  for (const auto& c : list.channels)
    by_name.emplace(c.name, &c);
  auto rows = json::array();
  for (const auto& place : list.order)
    if (const auto found = by_name.find(place.key); found != by_name.end())
      rows.push_back(channel_json(*found->second));
  return rows;
}

/// With where the next page begins, if there is one, and who did not answer.
json page_of(const channel_list& list, const channel_query& asked, const endpoint_state& state) {
  json page{{"channels", rows_of(list)}, {"total", list.matching}, {"left_out", list.left_out}};
  if (list.more && !list.order.empty())
    page["next"] = cursor_of(asked, list.order.back());
  page["unanswered"] = unanswered_of(list.channels);
  page["running"] = slow_json(slow_of(state));
  return page;
}

/// The broker waits for a worker, or has too much to do.
void answer_without_broker(const exchange_ptr& exchange, const endpoint_state& state, const caf::error& why) {
  if (why == caf::sec::runtime_error)
    return nobody_answered(exchange);
  channel_list list;
  add_stuck(list, slow_of(state));
  list.matching = list.channels.size();
  respond_with(exchange, page_of(list, {}, state), {"broker"});
}

void report_one_channel(const request_context& at, const exchange_ptr& exchange, const std::string& name) {
  if (auto wrong = protocol::channel_name_error(name))
    throw bad_body{{error_code::bad_channel, "channel: " + *wrong}};
  at.actor().request(at.actor().broker(), report_patience, describe_known{name})
      .then(
          [exchange, &state = at.state](const channel_list& list) {
            if (list.matching == 0)
              return exchange->respond(error_response(404, "not_found", "there is no live channel of that name"));
            respond_with(exchange, page_of(list, {}, state));
          },
          [exchange, &state = at.state](const caf::error& why) { answer_without_broker(exchange, state, why); });
}

// -- sessions -----------------------------------------------------------------

json connection_json(const connection_description& c, std::uint32_t shard) {
  auto channels = json::array();
  for (const auto& place : c.channels)
    channels.push_back({{"channel", place.channel}, {"offset", place.offset}, {"behind", place.behind}});
  return {{"session", to_string(c.session)}, {"transport", c.transport}, {"shard", shard}, {"user", c.user},
          {"peer", c.peer}, {"agent", c.agent}, {"since", c.since}, {"channels", std::move(channels)},
          {"in", c.in_channels}, {"lag", c.lag}, {"queued", c.queued}, {"journal", c.journal},
          {"received", c.received}, {"sent", c.sent}, {"away", c.away}};
}

struct session_row {
  const connection_description* what;
  std::uint32_t shard;
};

/// The pages of all shards as one.
json page_of(const std::vector<session_list>& lists, const session_query& asked) {
  const page_picker<session_id> order{0, {asked.descending, asked.descending}, {}};
  std::vector<session_row> rows;
  std::size_t matching = 0, behind = 0;
  for (const auto& list : lists) {
    matching += list.matching;
    behind += list.behind;
    for (const auto& c : list.rows)
      rows.push_back({&c, list.shard});
  }
  std::sort(rows.begin(), rows.end(), [&](const auto& a, const auto& b) {
    return order.before(a.what->rank, a.what->session, b.what->rank, b.what->session);
  });
  rows.resize(std::min(rows.size(), asked.most));
  auto connections = json::array();
  for (const auto& row : rows)
    connections.push_back(connection_json(*row.what, row.shard));
  json page{{"connections", std::move(connections)}, {"total", matching}, {"left_out", behind - std::min(behind, rows.size())}};
  if (!rows.empty() && behind > rows.size())
    page["next"] = cursor_of(rows.back().what->rank, rows.back().what->session);
  return page;
}

void report_one_session(const request_context& at, const exchange_ptr& exchange, std::string_view name) {
  const auto id = parse_session_id(name);
  if (!id)
    throw bad_body{{error_code::bad_message, "session: expected an id such as \"s9\""}};
  const auto missing = [exchange] { exchange->respond(error_response(404, "not_found", "there is no such session")); };
  const auto shard = at.state.registry.find<shard_handle>(shard_name(id->shard()));
  if (!shard)
    return missing();
  at.actor().request(shard, report_patience, describe_session{*id})
      .then(
          [exchange, missing](const session_list& list) {
            if (list.rows.empty())
              return missing();
            respond_with(exchange, {{"connections", json::array({connection_json(list.rows.front(), list.shard)})},
                                    {"total", 1}, {"left_out", 0}});
          },
          [exchange](const caf::error&) { nobody_answered(exchange); });
}

} // namespace

void report_channels(const request_context& at, exchange_ptr exchange) {
  if (const auto one = exchange->request().parameter("channel"))
    return report_one_channel(at, exchange, std::string{*one});
  const auto asked = channel_query_of(exchange->request());
  at.actor().request(at.actor().broker(), report_patience, list_channels{asked})
      .then([exchange, asked, &state = at.state](const channel_list& list) { respond_with(exchange, page_of(list, asked, state)); },
            [exchange, &state = at.state](const caf::error& why) { answer_without_broker(exchange, state, why); });
}

void report_connections(const request_context& at, exchange_ptr exchange) {
  if (const auto one = exchange->request().parameter("session"))
    return report_one_session(at, exchange, *one);
  const auto asked = session_query_of(exchange->request());
  auto lists = std::make_shared<std::vector<session_list>>();
  auto all = answer_with(exchange, [lists, asked] { return page_of(*lists, asked); });
  for (std::uint32_t i = 0; i < at.here.shards; ++i)
    all->ask<session_list>(at.actor(), at.state.registry.find<shard_handle>(shard_name(i)), report_patience, list_sessions{asked},
                           [lists](const session_list& l) { lists->push_back(l); }, shard_name(i));
  all->begin();
}

void report_load(const request_context& at, exchange_ptr exchange) {
  const auto telemetry = at.state.registry.find<telemetry_handle>("telemetry");
  if (!telemetry)
    return nobody_answered(exchange);
  at.actor().request(telemetry, report_patience, tell_load{})
      .then(
          [exchange](const load_told& told) {
            auto samples = json::array();
            for (const auto& s : told.samples)
              samples.push_back({{"at", s.at}, {"published", s.published}, {"delivered", s.delivered},
                                 {"received", s.received}, {"errors", s.errors}, {"restarts", s.restarts},
                                 {"bytes_sent", s.bytes_out}, {"sessions", s.sessions}, {"channels", s.channels}});
            respond_with(exchange, {{"period", 10'000}, {"samples", std::move(samples)}});
          },
          [exchange](const caf::error&) { nobody_answered(exchange); });
}

} // namespace troupe::actors
