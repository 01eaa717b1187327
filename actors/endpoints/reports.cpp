// What runs in the node, as JSON: channels, connections, the supervision tree.

#include "actors/endpoints/endpoints.hpp"
#include "actors/hosting/fan_in.hpp"
#include "actors/sessions/shard.hpp"
#include "actors/sessions/shard_actor.hpp"
#include "config/version.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace troupe::actors {

namespace {

using json = nlohmann::ordered_json;
using transports::exchange_ptr;
using transports::http_response;

constexpr auto patience = std::chrono::seconds{3};

double seconds(std::chrono::nanoseconds t) { return std::round(std::chrono::duration<double>(t).count() * 10) / 10; }

/// Handlers that are slow now, for `running`.
json slow_json(const std::vector<running_handlers::run>& slow) {
  auto all = json::array();
  for (const auto& one : slow)
    all.push_back({{"actor", one.who}, {"event", one.event}, {"seconds", seconds(one.ran)}});
  return all;
}

std::vector<running_handlers::run> slow_of(const endpoint_state& of) {
  return of.running.running(of.settings.channels.slow_handler);
}

/// Answers with what `finish` makes once all that was asked has answered, or failed to, and with who did not; a `finish`
/// that knows of more has put them there.
std::shared_ptr<fan_in> answer_with(exchange_ptr to, std::function<json()> finish) {
  return std::make_shared<fan_in>([to = std::move(to), finish = std::move(finish)](const std::vector<std::string>& missed) {
    auto body = finish();
    auto& unanswered = body.emplace("unanswered", json::array()).first.value();
    for (const auto& name : missed)
      unanswered.push_back(name);
    body["incomplete"] = !unanswered.empty();
    to->respond(http_response::json(200, body.dump(-1, ' ', false, json::error_handler_t::replace)));
  });
}

/// Of one that did not answer: what it alone knows is null.
json channel_json(const channel_description& c) {
  const auto own = [&c](const auto& value) { return c.answered() ? json(value) : json{}; };
  json out{{"name", c.name},       {"state", c.state},       {"members", own(c.members)},
           {"epoch", own(c.epoch)}, {"offset", own(c.head)}, {"publications", own(c.publications)},
           {"restarts", own(c.restarts)}, {"history_bytes", own(c.history_bytes)}, {"last_error", own(c.last_error)}};
  if (!c.running.empty())
    out["running"] = {{"event", c.running}, {"seconds", seconds(c.running_for)}};
  return out;
}

json unanswered_of(const std::vector<channel_description>& all) {
  auto names = json::array();
  for (const auto& c : all)
    if (!c.answered())
      names.push_back("channel " + c.name);
  return names;
}

constexpr std::string_view channel_prefix = "channel ";

/// What is known of channels when nobody is free to tell: those that are stuck.
void add_stuck(channel_list& to, const std::vector<running_handlers::run>& slow) {
  for (const auto& one : slow)
    if (one.who.starts_with(channel_prefix)) {
      channel_description c;
      c.name = one.who.substr(channel_prefix.size());
      c.state = "stuck";
      c.running = one.event;
      c.running_for = std::chrono::duration_cast<std::chrono::milliseconds>(one.ran);
      to.channels.push_back(std::move(c));
    }
}

json connection_json(const connection_description& c, std::uint32_t shard) {
  auto channels = json::array();
  for (const auto& place : c.channels)
    channels.push_back({{"channel", place.channel}, {"offset", place.offset}, {"behind", place.behind}});
  return {{"session", to_string(c.session)}, {"transport", c.transport}, {"shard", shard}, {"user", c.user},
          {"channels", std::move(channels)}, {"queued", c.queued}, {"away", c.away}};
}

std::vector<channel_description> sorted(channel_list list) {
  std::sort(list.channels.begin(), list.channels.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return std::move(list.channels);
}

// -- the tree -----------------------------------------------------------------

/// What the actors said, each for itself.
struct tree_parts {
  troupe::child_list root, shards, mounts, application;
  channel_list channels;
  bool asked = false; ///< the broker has answered
  std::vector<shard_description> figures;
};

json leaf(const std::string& name, std::string_view kind, std::string_view state, std::size_t restarts) {
  return {{"name", name}, {"kind", kind}, {"state", state}, {"restarts", restarts}, {"info", json::object()}, {"children", json::array()}};
}

/// Of one whose supervisor has not answered nothing is known but that it belongs there.
json child_json(const troupe::child_info& c, std::string_view kind) {
  const bool known = c.actor || c.state != troupe::child_state::running;
  return leaf(c.name, kind, known ? to_string(c.state) : "silent", c.restarts);
}

json channels_json(const troupe::child_info& supervisor, const tree_parts& parts) {
  auto out = child_json(supervisor, "supervisor");
  for (const auto& c : parts.channels.channels) {
    auto one = leaf(c.name, "channel", c.state, c.restarts);
    if (c.answered())
      one["info"] = {{"members", c.members}, {"offset", c.head}};
    if (!c.running.empty())
      one["info"] = {{"runs", c.running}, {"seconds", seconds(c.running_for)}};
    out["children"].push_back(std::move(one));
  }
  out["info"] = {{"channels", parts.channels.channels.size()}};
  return out;
}

json shard_json(const shard_description& of) {
  auto out = json::object();
  for (const auto kind : session_transports)
    out[std::string{to_string(kind)}] = of.sessions[kind];
  out["raw"] = of.raw;
  out["logs"] = of.channels;
  return out;
}

json shards_json(const troupe::child_info& supervisor, const tree_parts& parts) {
  auto out = child_json(supervisor, "supervisor");
  for (const auto& c : parts.shards.children) {
    auto one = child_json(c, "shard");
    for (const auto& f : parts.figures)
      if (shard_name(f.index) == c.name)
        one["info"] = shard_json(f);
    out["children"].push_back(std::move(one));
  }
  return out;
}

json children_json(const troupe::child_info& supervisor, const troupe::child_list& children, std::string_view kind) {
  auto out = child_json(supervisor, "supervisor");
  for (const auto& c : children.children)
    out["children"].push_back(child_json(c, kind));
  return out;
}

/// Supervisors that no worker was free for: below them is what others know.
void add_silent(tree_parts& parts) {
  const auto silent = [](const char* name) {
    troupe::child_info c;
    c.name = name;
    return c;
  };
  if (parts.root.children.empty())
    parts.root.children = {silent("channels"), silent("shards")};
  if (parts.shards.children.empty())
    for (const auto& f : parts.figures)
      parts.shards.children.push_back(silent(shard_name(f.index).c_str()));
}

json tree_json(const endpoint_state& state, const tree_parts& parts, std::int64_t now) {
  auto out = leaf("node " + state.settings.node.name, "supervisor", state.draining ? "draining" : "running", 0);
  out["info"] = {{"version", config::version}, {"uptime", (now - state.started) / 1000}};
  for (const auto& c : parts.root.children) {
    if (c.name == "channels")
      out["children"].push_back(channels_json(c, parts));
    else if (c.name == "shards")
      out["children"].push_back(shards_json(c, parts));
    else if (c.name == "mounts")
      out["children"].push_back(children_json(c, parts.mounts, "mount"));
    else if (c.name == "application")
      out["children"].push_back(children_json(c, parts.application, "actor"));
    else
      out["children"].push_back(child_json(c, "actor"));
  }
  return out;
}

} // namespace

void report_channels(const request_context& at, exchange_ptr exchange, list_channels page) {
  auto list = std::make_shared<std::optional<channel_list>>();
  auto all = answer_with(std::move(exchange), [list, &state = at.state] {
    const auto slow = slow_of(state);
    if (!*list)
      add_stuck(list->emplace(), slow);
    const auto left_out = (*list)->left_out;
    const auto found = sorted(std::move(**list));
    auto channels = json::array();
    for (const auto& c : found)
      channels.push_back(channel_json(c));
    return json{{"channels", std::move(channels)}, {"left_out", left_out}, {"unanswered", unanswered_of(found)}, {"running", slow_json(slow)}};
  });
  all->ask<channel_list>(at.actor(), at.actor().broker(), patience, std::move(page),
                         [list](const channel_list& l) { *list = l; }, "broker");
  all->begin();
}

void report_connections(const request_context& at, exchange_ptr exchange) {
  auto found = std::make_shared<std::vector<shard_description>>();
  auto all = answer_with(std::move(exchange), [found] {
    auto connections = json::array();
    for (const auto& shard : *found)
      for (const auto& c : shard.connections)
        connections.push_back(connection_json(c, shard.index));
    return json{{"connections", std::move(connections)}};
  });
  for (std::uint32_t i = 0; i < at.here.shards; ++i)
    all->ask<shard_description>(at.actor(), at.state.registry.find<shard_handle>(shard_name(i)), patience, describe_shard{true},
                                [found](const shard_description& d) { found->push_back(d); }, shard_name(i));
  all->begin();
}

void report_tree(const request_context& at, exchange_ptr exchange) {
  auto parts = std::make_shared<tree_parts>();
  auto all = answer_with(std::move(exchange), [parts, &state = at.state, &here = at.here] {
    const auto slow = slow_of(state);
    if (!parts->asked)
      add_stuck(parts->channels, slow);
    add_silent(*parts);
    parts->channels.channels = sorted(std::move(parts->channels));
    auto tree = tree_json(state, *parts, here.now ? here.now->wall_now() : state.started);
    tree["unanswered"] = unanswered_of(parts->channels.channels);
    tree["running"] = slow_json(slow);
    return tree;
  });
  const auto& registry = at.state.registry;
  const auto children_of = [&](const char* name, troupe::child_list tree_parts::*into) {
    all->ask<troupe::child_list>(at.actor(), registry.find<troupe::supervisor>(name), patience, troupe::list_children{},
                                 [parts, into](const troupe::child_list& l) { (*parts).*into = l; }, name);
  };
  children_of("node", &tree_parts::root);
  children_of("shards", &tree_parts::shards);
  children_of("mounts", &tree_parts::mounts);
  children_of("application", &tree_parts::application);
  all->ask<channel_list>(at.actor(), at.actor().broker(), patience, list_channels{}, [parts](const channel_list& l) { parts->channels = l; parts->asked = true; }, "broker");
  for (std::uint32_t i = 0; i < at.here.shards; ++i)
    all->ask<shard_description>(at.actor(), registry.find<shard_handle>(shard_name(i)), patience, describe_shard{false},
                                [parts](const shard_description& d) { parts->figures.push_back(d); }, shard_name(i));
  all->begin();
}

} // namespace troupe::actors
