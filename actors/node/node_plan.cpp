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

config::settings with_plan(config::settings settings, const node_plan& plan) {
  for (const auto& [pattern, make] : plan.classes.all()) {
    if (has(settings, pattern))
      continue;
    config::name_space n;
    n.pattern = pattern;
    settings.namespaces.push_back(std::move(n));
  }
  for (const auto& pattern : plan.open_channels) {
    if (has(settings, pattern))
      continue;
    config::name_space n;
    n.pattern = pattern;
    n.kind = config::channel_kind::open;
    n.publish = config::permission::anyone;
    settings.namespaces.push_back(std::move(n));
  }
  if (!has(settings, node_events_channel))
    settings.namespaces.push_back(events_namespace());
  if (settings.pages.dir.empty())
    settings.pages.dir = plan.pages;
  return settings;
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
