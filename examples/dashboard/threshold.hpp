#pragma once
/// Tells when a figure has been too high for a while, and when it has come down again.
///
/// Two thresholds and a patience, so that a figure at the edge does not ring at every sample. A value, no threads.

#include <cstddef>
#include <optional>
#include <string>

namespace examples {

struct threshold_rule {
  std::string name;
  double raise_above = 80;
  double clear_below = 70;
  std::size_t patience = 3; ///< samples in a row
};

class threshold {
 public:
  explicit threshold(threshold_rule rule) : rule_(std::move(rule)) {}

  [[nodiscard]] const threshold_rule& rule() const noexcept { return rule_; }
  [[nodiscard]] bool raised() const noexcept { return raised_; }

  /// The next sample. Returns the new state when it changes.
  std::optional<bool> next(double value) {
    const bool against = raised_ ? value < rule_.clear_below : value > rule_.raise_above;
    streak_ = against ? streak_ + 1 : 0;
    if (streak_ < rule_.patience)
      return std::nullopt;
    streak_ = 0;
    raised_ = !raised_;
    return raised_;
  }

 private:
  threshold_rule rule_;
  bool raised_ = false;
  std::size_t streak_ = 0;
};

} // namespace examples
