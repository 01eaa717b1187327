#pragma once
/// The node's log on stderr, as text for people or one JSON object per line for machines.
///
/// Owner: the node's process. Thread: any.

#include "actors/telemetry/log_line.hpp"
#include "config/settings.hpp"

#include <memory>

namespace spdlog {
class logger;
}

namespace troupe::actors {

class node_log {
 public:
  explicit node_log(const config::log_settings& how);
  ~node_log();

  /// `about`: what the line says, for machines.
  void write(const log_line& line, const node_event* about = nullptr);
  void info(std::string text) { write({log_level::info, std::move(text), {}}); }
  void warn(std::string text) { write({log_level::warning, std::move(text), {}}); }
  void error(std::string text) { write({log_level::error, std::move(text), {}}); }

  /// As in `log.level`.
  void set_level(const std::string& level);

 private:
  const bool json_;
  std::shared_ptr<spdlog::logger> to_;
};

} // namespace troupe::actors
