#include "actors/node/node_settings.hpp"

#include <unistd.h>
#include <utility>

namespace troupe {

node_settings::node_settings() : state_(std::make_unique<state>()) {}
node_settings::node_settings(const node_settings& other) : state_(std::make_unique<state>(*other.state_)) {}
node_settings::node_settings(node_settings&& other) noexcept = default;
node_settings& node_settings::operator=(node_settings other) noexcept {
  state_ = std::move(other.state_);
  return *this;
}
node_settings::~node_settings() = default;

// -- saying -------------------------------------------------------------------

node_settings& node_settings::set(std::string_view key, std::string_view text, code_place at) {
  state_->from.code.push_back({std::string{key}, std::string{text}, actors::place_name(at)});
  return *this;
}

node_settings& node_settings::set(std::string_view key, const std::vector<std::string>& items, code_place at) {
  state_->from.code.push_back({std::string{key}, items, actors::place_name(at)});
  return *this;
}

node_settings& node_settings::force(std::string_view key, std::string_view text, code_place at) {
  state_->from.forced.push_back({std::string{key}, std::string{text}, actors::place_name(at)});
  return *this;
}

// -- reading ------------------------------------------------------------------

node_settings& node_settings::load(std::string path) {
  state_->from.files.push_back({std::move(path), std::nullopt});
  return *this;
}

node_settings& node_settings::load_text(std::string toml, std::string name) {
  state_->from.files.push_back({std::move(name), std::move(toml)});
  return *this;
}

node_settings& node_settings::environment() {
  state_->environment = true;
  return *this;
}

// -- knowing ------------------------------------------------------------------

std::vector<std::string> node_settings::problems() const {
  std::vector<std::string> all;
  for (const auto& p : config::load(actors::sources_of(*this)).problems)
    all.push_back(config::to_string(p));
  return all;
}

} // namespace troupe

namespace troupe::actors {

config::sources sources_of(const node_settings& said) {
  auto from = said.said().from;
  if (said.said().environment)
    from.environment = config::environment_of(::environ);
  return from;
}

std::string place_name(const code_place& at) {
  const std::string_view path{at.file};
  return std::string{path.substr(path.rfind('/') + 1)} + ":" + std::to_string(at.line);
}

config::coded_namespace::values values_of(const channel_options& o) {
  config::coded_namespace::values all;
  const auto say = [&all](const char* key, const auto& given) {
    using type = std::decay_t<decltype(*given)>;
    if (!given)
      return;
    if constexpr (std::same_as<type, permission>)
      all.emplace_back(key, std::string{config::words_of<config::permission>[static_cast<std::size_t>(*given)]});
    else if constexpr (std::same_as<type, when_behind>)
      all.emplace_back(key, std::string{config::words_of<config::overflow_policy>[static_cast<std::size_t>(*given)]});
    else
      all.emplace_back(key, config::to_value(*given));
  };
  say("subscribe", o.subscribe);
  say("publish", o.publish);
  say("call", o.call);
  say("send", o.send);
  say("history", o.read_history);
  say("presence", o.presence);
  say("cross_origin", o.cross_origin);
  say("history_size", o.history.size);
  say("history_ttl", o.history.ttl);
  say("history_bytes", o.history.bytes);
  say("overflow", o.overflow);
  say("commands_per_second", o.rate.per_second);
  say("commands_burst", o.rate.burst);
  if (o.history.on_disk)
    all.emplace_back("history_store", std::string{*o.history.on_disk ? "disk" : "memory"});
  return all;
}

} // namespace troupe::actors
