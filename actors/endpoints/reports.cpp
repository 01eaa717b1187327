// What runs in the node, as JSON: channels, connections, the supervision tree.

#include "actors/endpoints/endpoints.hpp"
#include "actors/hosting/fan_in.hpp"
#include "actors/sessions/shard.hpp"
#include "actors/sessions/shard_actor.hpp"
#include "config/version.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>
#include <utility>

namespace troupe::actors {

namespace {

using json = nlohmann::ordered_json;
using transports::exchange_ptr;
using transports::http_response;

constexpr auto patience = std::chrono::seconds{3};

/// Answers with what `finish` makes once all that was asked has answered, or failed to.
std::shared_ptr<fan_in> answer_with(exchange_ptr to, std::function<json()> finish) {
  return std::make_shared<fan_in>([to = std::move(to), finish = std::move(finish)] {
    to->respond(http_response::json(200, finish().dump(-1, ' ', false, json::error_handler_t::replace)));
  });
}

json channel_json(const channel_description& c) {
  return {{"name", c.name},       {"state", c.state},       {"members", c.members},
          {"epoch", c.epoch},     {"offset", c.head},       {"publications", c.publications},
          {"restarts", c.restarts}, {"history_bytes", c.history_bytes}, {"last_error", c.last_error}};
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
  std::vector<shard_description> figures;
};

json leaf(const std::string& name, std::string_view kind, std::string_view state, std::size_t restarts) {
  return {{"name", name}, {"kind", kind}, {"state", state}, {"restarts", restarts}, {"info", json::object()}, {"children", json::array()}};
}

json child_json(const troupe::child_info& c, std::string_view kind) {
  return leaf(c.name, kind, to_string(c.state), c.restarts);
}

json channels_json(const troupe::child_info& supervisor, const tree_parts& parts) {
  auto out = child_json(supervisor, "supervisor");
  for (const auto& c : parts.channels.channels) {
    auto one = leaf(c.name, "channel", c.state, c.restarts);
    one["info"] = {{"members", c.members}, {"offset", c.head}};
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
  auto list = std::make_shared<channel_list>();
  auto all = answer_with(std::move(exchange), [list] {
    const auto left_out = list->left_out;
    auto channels = json::array();
    for (const auto& c : sorted(std::move(*list)))
      channels.push_back(channel_json(c));
    return json{{"channels", std::move(channels)}, {"left_out", left_out}};
  });
  all->ask<channel_list>(at.actor(), at.actor().broker(), patience, std::move(page), [list](const channel_list& l) { *list = l; });
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
                                [found](const shard_description& d) { found->push_back(d); });
  all->begin();
}

void report_tree(const request_context& at, exchange_ptr exchange) {
  auto parts = std::make_shared<tree_parts>();
  auto all = answer_with(std::move(exchange), [parts, &state = at.state, &here = at.here] {
    parts->channels.channels = sorted(std::move(parts->channels));
    return tree_json(state, *parts, here.now ? here.now->wall_now() : state.started);
  });
  const auto& registry = at.state.registry;
  const auto children_of = [&](const char* name, troupe::child_list tree_parts::*into) {
    all->ask<troupe::child_list>(at.actor(), registry.find<troupe::supervisor>(name), patience, troupe::list_children{},
                                 [parts, into](const troupe::child_list& l) { (*parts).*into = l; });
  };
  children_of("node", &tree_parts::root);
  children_of("shards", &tree_parts::shards);
  children_of("mounts", &tree_parts::mounts);
  children_of("application", &tree_parts::application);
  all->ask<channel_list>(at.actor(), at.actor().broker(), patience, list_channels{}, [parts](const channel_list& l) { parts->channels = l; });
  for (std::uint32_t i = 0; i < at.here.shards; ++i)
    all->ask<shard_description>(at.actor(), registry.find<shard_handle>(shard_name(i)), patience, describe_shard{false},
                                [parts](const shard_description& d) { parts->figures.push_back(d); });
  all->begin();
}

} // namespace troupe::actors
