#include "actors/node/node_log.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <unistd.h>

namespace troupe::actors {

namespace {

/// `2026-11-27T19:22:57.123+01:00`.
std::string time_text(std::chrono::system_clock::time_point at, char between) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
  const auto seconds = static_cast<std::time_t>(ms / 1000);
  std::tm local{};
  ::localtime_r(&seconds, &local);
  const auto zone = local.tm_gmtoff / 60;
  std::array<char, 64> text;
  const auto n =
      std::snprintf(text.data(), text.size(), "%04d-%02d-%02d%c%02d:%02d:%02d.%03d%c%02ld:%02ld", local.tm_year + 1900,
                    local.tm_mon + 1, local.tm_mday, between, local.tm_hour, local.tm_min, local.tm_sec,
                    static_cast<int>(ms % 1000), zone < 0 ? '-' : '+', std::labs(zone) / 60, std::labs(zone) % 60);
  return {text.data(), static_cast<std::size_t>(n)};
}

std::string one_line(std::string text) {
  for (auto& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      c = ' ';
  return text;
}

struct level_look {
  std::string_view word, padded, colour;
};

/// In the order of `log_level`.
constexpr std::array<level_look, 4> looks{{
    {"debug", "debug  ", "\x1b[36m"},
    {"info", "info   ", "\x1b[32m"},
    {"warning", "warning", "\x1b[33m\x1b[1m"},
    {"error", "error  ", "\x1b[31m\x1b[1m"},
}};

/// A level above all lines: `off`.
constexpr auto off = static_cast<log_level>(looks.size());

log_level least_of(std::string_view setting) {
  if (setting == "info")
    return log_level::info;
  if (setting == "warn")
    return log_level::warning;
  if (setting == "error")
    return log_level::error;
  return setting == "off" ? off : log_level::debug;
}

std::string loss_line(const log_style& style, std::uint64_t lines) {
  const auto text = std::to_string(lines) + (lines == 1 ? " line was lost" : " lines were lost") + ": nobody took them";
  return style.line(std::chrono::system_clock::now(), {log_level::warning, text, {}});
}

} // namespace

std::string log_style::line(std::chrono::system_clock::time_point at, const log_line& what,
                            const node_event* about) const {
  const auto& look = looks[static_cast<std::size_t>(what.level)];
  std::string out;
  if (!json) {
    out += time_text(at, ' ') + ' ';
    out += colours ? look.colour : "";
    out += look.padded;
    out += colours ? "\x1b[0m " : " ";
    return out += one_line(what.text) + '\n';
  }
  out += R"({"time":")" + time_text(at, 'T') + R"(","level":")";
  out += look.word;
  out += R"(","text":)" + nlohmann::json(what.text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  if (const auto e = about ? told(*about) : told_event{}; !e.name.empty()) {
    out += R"(,"event":")";
    out += e.name;
    out += R"(","data":)" + e.json;
  }
  return out += "}\n";
}

node_log::node_log(const config::log_settings& how, int descriptor)
    : style_{how.format == "json", how.format != "json" && ::isatty(descriptor) == 1}, least_(least_of(how.level)),
      to_(descriptor, how.queue_bytes, [style = style_](std::uint64_t lines) { return loss_line(style, lines); }) {}

void node_log::write(const log_line& line, const node_event* about) {
  if (wants(line.level))
    to_.write(style_.line(std::chrono::system_clock::now(), line, about));
}

void node_log::set_level(std::string_view level) { least_.store(least_of(level), std::memory_order_relaxed); }

} // namespace troupe::actors
