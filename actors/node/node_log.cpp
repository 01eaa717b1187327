#include "actors/node/node_log.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_color_sinks.h>

namespace troupe::actors {

namespace {

spdlog::level::level_enum level_of(log_level level) {
  switch (level) {
  case log_level::debug: return spdlog::level::debug;
  case log_level::info: return spdlog::level::info;
  case log_level::warning: return spdlog::level::warn;
  case log_level::error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

/// One line, whatever the text: exceptions and reasons of clients must not forge lines.
std::string one_line(std::string text) {
  for (auto& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      c = ' ';
  return text;
}

} // namespace

node_log::node_log(const config::log_settings& how)
    : json_(how.format == "json"),
      to_(std::make_shared<spdlog::logger>("troupe", std::make_shared<spdlog::sinks::stderr_color_sink_mt>())) {
  to_->set_pattern(json_ ? "{\"time\":\"%Y-%m-%dT%H:%M:%S.%e%z\",\"level\":\"%l\",%v}" : "%Y-%m-%d %H:%M:%S.%e %^%-7l%$ %v");
  to_->flush_on(spdlog::level::trace);
  set_level(how.level);
}

node_log::~node_log() = default;

void node_log::write(const log_line& line, const node_event* about) {
  const auto level = level_of(line.level);
  if (!to_->should_log(level))
    return;
  if (!json_)
    return to_->log(level, one_line(line.text));
  auto text = "\"text\":" + nlohmann::json(line.text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  if (const auto e = about ? told(*about) : told_event{}; !e.name.empty())
    text += ",\"event\":\"" + std::string{e.name} + "\",\"data\":" + e.json;
  to_->log(level, text);
}

void node_log::set_level(const std::string& level) { to_->set_level(spdlog::level::from_str(level)); }

} // namespace troupe::actors
