#pragma once

#include "actors/node/line_writer.hpp"
#include "actors/telemetry/event_log.hpp"
#include "config/settings.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>

namespace spdlog {
class logger;
}

namespace troupe::actors {

/// The node's log on stderr, or on another descriptor: text for people, in colour on a terminal, or one JSON object per
/// line for machines: `time`, `level`, `node`, `text`, `event` (`note` where there is none), `data` of the event, and `peer`
/// where it is about a client whose address is known. Times carry their zone. A line is one line, whatever it says.
/// Or it goes to the application's own log (`log_sink`), and nothing to any descriptor.
/// Owner: the node's process. Thread: any; nobody waits for a reader. Bounded by `log.queue_bytes`; what is dropped is
/// counted, and said as soon as there is a reader again. Ends: destroyed, within a second or so.
class node_log final : public event_log {
 public:
  /// `node`: its name, for lines in JSON; empty: none.
  explicit node_log(const config::log_settings& how, int descriptor = 2, const std::string& node = {});
  node_log(const config::log_settings& how, log_sink to);
  ~node_log();

  // -- event_log --------------------------------------------------------------

  [[nodiscard]] bool wants(log_level level) const noexcept override;
  void write(const log_line& line, const node_event* about = nullptr) override;
  [[nodiscard]] std::uint64_t lost() const override;

  // -- the process's own words ------------------------------------------------

  void info(std::string text) { write({log_level::info, std::move(text), {}}); }
  void warn(std::string text) { write({log_level::warning, std::move(text), {}}); }
  void error(std::string text) { write({log_level::error, std::move(text), {}}); }

  /// As in `log.level`.
  void set_level(const std::string& level);

  /// Waits until all was written, at most this long.
  void flush(std::chrono::milliseconds most) const;

 private:
  void hand_over(const log_line& line, const node_event* about);

  const bool json_;
  const std::string prefix_; // of each line in JSON: whose it is
  std::atomic<int> least_; // spdlog's level
  mutable std::mutex handing_over_;
  const log_sink sink_;
  std::uint64_t refused_ = 0;          // by the sink
  std::unique_ptr<line_writer> writer_; // waits for the reader, so that the logger need not; null: there is a sink
  std::shared_ptr<spdlog::logger> logger_;
};

} // namespace troupe::actors
