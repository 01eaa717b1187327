#pragma once

#include "actors/endpoints/prometheus_text.hpp"

#include <troupe/metrics.hpp>

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

namespace troupe::actors {

/// The metrics of the application's own: `node::counter`, `gauge` and `histogram`.
///
/// Owner: the node, whether it runs or not, and its endpoints. Thread: any. Bounded: `limits.metric_series`.
/// Errors: std::invalid_argument for names that break the conventions, are ours, or are taken; std::length_error past the
/// limit.
class own_metrics {
 public:
  [[nodiscard]] troupe::counter make_counter(const std::string& name, const std::string& help, metric_labels labels, std::size_t most);
  [[nodiscard]] troupe::gauge make_gauge(const std::string& name, const std::string& help, metric_labels labels, std::size_t most);
  [[nodiscard]] troupe::histogram make_histogram(const std::string& name, const std::string& help, std::vector<double> bounds,
                                         metric_labels labels, std::size_t most);

  void write(prometheus_text& out) const;

 private:
  using counted = std::shared_ptr<std::atomic<std::uint64_t>>;
  using gauged = std::shared_ptr<std::atomic<double>>;
  using spread = std::shared_ptr<troupe::histogram::cells>;
  using cell = std::variant<counted, gauged, spread>;
  struct family {
    std::string help;
    std::vector<std::string> label_names;
    std::map<std::string, cell> series; ///< by labels as they are written
  };

  void add(const std::string& name, const std::string& help, metric_labels labels, cell what, std::size_t most);

  mutable std::mutex mutex_;
  std::map<std::string, family> families_;
  std::size_t series_ = 0;
};

} // namespace troupe::actors
