// The supervision tree, as JSON.

#include "actors/endpoints/api_queries.hpp"
#include "actors/endpoints/endpoints.hpp"
#include "actors/endpoints/report_parts.hpp"
#include "actors/sessions/shard.hpp"
#include "actors/sessions/shard_actor.hpp"
#include "config/version.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

namespace troupe::actors {

namespace {

using json = nlohmann::ordered_json;
using transports::exchange_ptr;

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
      one["info"] = {{"runs", c.running}, {"seconds", seconds_of(c.running_for)}};
    out["children"].push_back(std::move(one));
  }
  out["info"] = {{"channels", std::max(parts.channels.matching, parts.channels.channels.size())}};
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

void report_tree(const request_context& at, exchange_ptr exchange) {
  const auto most = std::min(number_of<std::size_t>(exchange->request(), "limit").value_or(list_rows_max), list_rows_max);
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
    all->ask<troupe::child_list>(at.actor(), registry.find<troupe::supervisor>(name), report_patience, troupe::list_children{},
                                 [parts, into](const troupe::child_list& l) { (*parts).*into = l; }, name);
  };
  children_of("node", &tree_parts::root);
  children_of("shards", &tree_parts::shards);
  children_of("mounts", &tree_parts::mounts);
  children_of("application", &tree_parts::application);
  all->ask<channel_list>(at.actor(), at.actor().broker(), report_patience, list_channels{{.most = most}}, [parts](const channel_list& l) { parts->channels = l; parts->asked = true; }, "broker");
  for (std::uint32_t i = 0; i < at.here.shards; ++i)
    all->ask<shard_description>(at.actor(), registry.find<shard_handle>(shard_name(i)), report_patience, describe_shard{},
                                [parts](const shard_description& d) { parts->figures.push_back(d); }, shard_name(i));
  all->begin();
}

} // namespace troupe::actors
