#pragma once

#include "actors/node/line_writer.hpp"
#include "actors/telemetry/event_log.hpp"
#include "config/settings.hpp"

#include <atomic>
#include <chrono>
#include <string>
#include <string_view>

namespace troupe::actors {

/// How log lines look: text for people, or one JSON object per line for machines; in colour on a terminal. Times carry
/// their zone.
struct log_style {
  bool json = false;
  bool colours = false;

  /// One line with its end, whatever the text: what clients and exceptions say cannot forge another.
  [[nodiscard]] std::string line(std::chrono::system_clock::time_point at, const log_line& what,
                                 const node_event* about = nullptr) const;
};

/// The node's log on stderr, or on another descriptor.
/// Owner: the node's process. Thread: any; nobody waits for a reader. Bounded by `log.queue_bytes`; what is dropped is
/// counted, and said as soon as there is a reader again. Ends: destroyed, within a second or so.
class node_log final : public event_log {
 public:
  explicit node_log(const config::log_settings& how, int descriptor = 2);

  // -- event_log --------------------------------------------------------------

  [[nodiscard]] bool wants(log_level level) const noexcept override {
    return level >= least_.load(std::memory_order_relaxed);
  }
  void write(const log_line& line, const node_event* about = nullptr) override;
  [[nodiscard]] std::uint64_t lost() const override { return to_.lost(); }

  // -- the process's own words ------------------------------------------------

  void info(std::string text) { write({log_level::info, std::move(text), {}}); }
  void warn(std::string text) { write({log_level::warning, std::move(text), {}}); }
  void error(std::string text) { write({log_level::error, std::move(text), {}}); }

  /// As in `log.level`.
  void set_level(std::string_view level);

  /// Waits until all was written, at most this long.
  void flush(std::chrono::milliseconds most) const { to_.flush(most); }

 private:
  const log_style style_;
  std::atomic<log_level> least_;
  line_writer to_;
};

} // namespace troupe::actors
