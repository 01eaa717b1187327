#include "actors/node/node_plan.hpp"

#include "actors/messages/events.hpp"

#include <algorithm>
#include <filesystem>

namespace troupe::actors {

namespace {

bool has(const config::settings& settings, std::string_view pattern) {
  const auto& all = settings.namespaces;
  return std::any_of(all.begin(), all.end(), [&](const auto& n) { return n.pattern == pattern; });
}

/// Kept for those who open the observer a little late.
config::name_space events_namespace() {
  config::name_space n;
  n.pattern = node_events_channel;
  n.kind = config::channel_kind::open;
  n.subscribe = config::permission::nobody; // the key or the observer's cookie, see session
  n.history = config::permission::nobody;
  n.call = config::permission::nobody;
  n.presence = false;
  n.history_size = 100;
  return n;
}

} // namespace

config::coded_namespace& node_plan::describe(const std::string& pattern, config::channel_kind kind) {
  const auto found = std::find_if(namespaces.begin(), namespaces.end(), [&](const auto& n) { return n.pattern == pattern; });
  auto& n = found != namespaces.end() ? *found : namespaces.emplace_back();
  n.pattern = pattern;
  n.kind = kind;
  return n;
}

void add_plan(config::loaded& into, const node_plan& plan) {
  auto all = plan.namespaces;
  const auto missing = [&](const std::string& pattern) {
    return std::none_of(all.begin(), all.end(), [&](const auto& n) { return n.pattern == pattern; });
  };
  for (const auto& [pattern, make] : plan.classes.all()) // of a plan that was made by hand
    if (missing(pattern))
      all.push_back({pattern});
  for (const auto& pattern : plan.open_channels)
    if (missing(pattern))
      all.push_back({pattern, config::channel_kind::open});
  for (auto& n : all)
    if (n.kind == config::channel_kind::open)
      n.implied.emplace_back("publish", std::string{"anyone"});
  config::add_coded(into, all);
  if (into.values.pages.dir.empty() && !plan.pages.empty()) {
    into.values.pages.dir = plan.pages;
    into.origins.insert_or_assign("static.dir", config::origin{config::source::code, "the program"});
  }
}

config::settings with_plan(config::settings settings, const node_plan& plan) {
  config::loaded all;
  all.values = std::move(settings);
  add_plan(all, plan);
  if (!has(all.values, node_events_channel))
    all.values.namespaces.push_back(events_namespace());
  return std::move(all.values);
}

std::vector<std::string> mismatches(const config::settings& settings, const node_plan& plan) {
  std::vector<std::string> all;
  for (const auto& n : settings.namespaces)
    if (n.kind == config::channel_kind::application && !plan.classes.find(n.pattern))
      all.push_back("namespace " + n.pattern + " is of kind application, but this program registers no class for it");
  std::error_code unknown;
  if (!settings.pages.dir.empty() && !std::filesystem::is_directory(settings.pages.dir, unknown))
    all.push_back("the directory of pages, " + settings.pages.dir + ", does not exist: no page is served");
  return all;
}

} // namespace troupe::actors
