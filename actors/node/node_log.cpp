#include "actors/node/node_log.hpp"

#include "actors/node/text_table.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/details/log_msg.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>

#include <mutex>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace troupe::actors {

namespace {

constexpr auto name = "troupe";
constexpr auto text_pattern = "%Y-%m-%d %H:%M:%S.%e%z %^%-7l%$ %v";
constexpr auto json_pattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l",%v})";

spdlog::level::level_enum level_of(log_level level) noexcept {
  switch (level) {
  case log_level::debug: return spdlog::level::debug;
  case log_level::info: return spdlog::level::info;
  case log_level::warning: return spdlog::level::warn;
  case log_level::error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::string_view colour_of(spdlog::level::level_enum level) noexcept {
  switch (level) {
  case spdlog::level::debug: return "\x1b[36m";
  case spdlog::level::warn: return "\x1b[33m\x1b[1m";
  case spdlog::level::err: return "\x1b[31m\x1b[1m";
  default: return "\x1b[32m";
  }
}

/// A message as a line. One thread at a time.
std::string line_of(spdlog::formatter& format, const spdlog::details::log_msg& message, bool colours) {
  spdlog::memory_buf_t text;
  format.format(message, text);
  const std::string_view all(text.data(), text.size());
  const auto begin = message.color_range_start, end = message.color_range_end;
  if (!colours || end <= begin)
    return std::string{all};
  std::string line{all.substr(0, begin)};
  line += colour_of(message.level);
  line += all.substr(begin, end - begin);
  line += "\x1b[0m";
  return line += all.substr(end);
}

/// The logger's only sink: hands finished lines to a writer, which never waits.
class writer_sink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  writer_sink(line_writer& to, bool colours) : to_(to), colours_(colours) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override { to_.write(line_of(*formatter_, message, colours_)); }
  void flush_() override {}

  line_writer& to_;
  const bool colours_;
};

std::string in_quotes(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string in_json(const std::string& text) { return R"("text":)" + in_quotes(text); }

/// Words the writer's own line about lost ones; it calls that within its lock, so never twice at once.
std::function<std::string(std::uint64_t)> loss_line(const char* pattern, bool json, bool colours, std::string prefix) {
  return [format = std::make_shared<spdlog::pattern_formatter>(pattern), json, colours, prefix = std::move(prefix)](std::uint64_t lines) {
    auto text = std::to_string(lines) + (lines == 1 ? " line was lost" : " lines were lost") + ": nobody took them";
    if (json)
      text = prefix + in_json(text) + R"(,"event":"lines_lost")";
    return line_of(*format, spdlog::details::log_msg{name, spdlog::level::warn, text}, colours);
  };
}

} // namespace

node_log::node_log(const config::log_settings& how, int descriptor, const std::string& node)
    : json_(how.format == "json"), prefix_(node.empty() ? "" : R"("node":")" + node + R"(",)"),
      least_(spdlog::level::from_str(how.level)) {
  const bool colours = !json_ && ::isatty(descriptor) == 1;
  const auto* pattern = json_ ? json_pattern : text_pattern;
  writer_ = std::make_unique<line_writer>(descriptor, how.queue_bytes, loss_line(pattern, json_, colours, prefix_));
  logger_ = std::make_shared<spdlog::logger>(name, std::make_shared<writer_sink>(*writer_, colours));
  logger_->set_pattern(pattern);
  logger_->set_level(spdlog::level::trace); // `least_` decides
}

node_log::node_log(const config::log_settings& how, log_sink to)
    : json_(true), least_(spdlog::level::from_str(how.level)), sink_(std::move(to)) {}

node_log::~node_log() = default;

bool node_log::wants(log_level level) const noexcept { return level_of(level) >= least_.load(std::memory_order_relaxed); }

void node_log::write(const log_line& line, const node_event* about) {
  if (!wants(line.level))
    return;
  if (sink_)
    return hand_over(line, about);
  const auto level = level_of(line.level);
  if (!json_)
    return logger_->log(level, printable(line.text)); // exceptions and reasons of clients must not forge lines
  auto text = prefix_ + in_json(line.text) + R"(,"event":")" + std::string{line.event.empty() ? "note" : line.event} + '"';
  if (const auto e = about ? told(*about) : told_event{}; !e.json.empty())
    text += R"(,"data":)" + e.json;
  if (const auto peer = about ? peer_of(*about) : std::string_view{}; !peer.empty())
    text += R"(,"peer":)" + in_quotes(peer);
  logger_->log(level, text);
}

/// The application's code: what it throws costs the line, and nobody else anything.
void node_log::hand_over(const log_line& line, const node_event* about) {
  const auto text = printable(line.text);
  const auto event = about ? told(*about) : told_event{line.event, {}};
  const std::lock_guard guard{handing_over_};
  try {
    sink_({line.level, text, event.name, event.json});
  } catch (...) {
    ++refused_;
  }
}

std::uint64_t node_log::lost() const {
  if (writer_)
    return writer_->lost();
  const std::lock_guard guard{handing_over_};
  return refused_;
}

void node_log::flush(std::chrono::milliseconds most) const {
  if (writer_)
    writer_->flush(most);
}

void node_log::set_level(const std::string& level) { least_ = spdlog::level::from_str(level); }

} // namespace troupe::actors
