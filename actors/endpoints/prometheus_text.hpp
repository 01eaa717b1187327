#pragma once

#include "actors/containers/histogram.hpp"

#include <troupe/metrics.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::actors {

/// The text that Prometheus scrapes (format 0.0.4), in the making: families of series with their head.
/// Names are whole (`troupe_…`); label values are words of ours, but for those that `label` escapes. A value.
class prometheus_text {
 public:
  enum class kind : std::uint8_t { gauge, counter };

  void family(std::string_view name, kind is, std::string_view help);
  /// One series of the family begun last; `labels` as `transport="sse"`, or empty.
  void series(std::string_view labels, std::uint64_t value);
  void series(std::string_view labels, double value);

  /// A family of one series.
  void one(std::string_view name, kind is, std::string_view help, std::uint64_t value) {
    family(name, is, help);
    series({}, value);
  }
  void one(std::string_view name, kind is, std::string_view help, double value) {
    family(name, is, help);
    series({}, value);
  }

  /// Seconds: `name` ends so.
  void times(std::string_view name, std::string_view help, const histogram::reading& what);

  /// The same of any values: the head, then the buckets of each series.
  void histogram_family(std::string_view name, std::string_view help) { head(name, "histogram", help); }
  void buckets(const std::string& labels, const troupe::histogram::cells& what);

  [[nodiscard]] static std::string label(std::string_view name, std::string_view value);
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  void head(std::string_view name, std::string_view type, std::string_view help);

  std::string text_, family_;
};

} // namespace troupe::actors
