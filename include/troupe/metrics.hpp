#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace troupe {

/// What tells the series of one metric apart: `{{"room", "tea"}}`, in any order. Names are lower case, `a-z0-9_`.
using metric_labels = std::vector<std::pair<std::string, std::string>>;

/// A number of the application's own that only grows, at `/metrics` beside the node's. From `node::counter`.
///
///     auto bids = node.counter("auction_bids_total", "Bids that were taken.");
///     bids.add();
///
/// A handle: copies count the same. Thread: any, at the price of one relaxed addition. Outlives the node: what is counted
/// then nobody reads.
class counter {
 public:
  explicit counter(std::shared_ptr<std::atomic<std::uint64_t>> cell) noexcept : cell_(std::move(cell)) {}
  void add(std::uint64_t n = 1) const noexcept { cell_->fetch_add(n, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t value() const noexcept { return cell_->load(std::memory_order_relaxed); }

 private:
  std::shared_ptr<std::atomic<std::uint64_t>> cell_;
};

/// A number that goes up and down. From `node::gauge`; otherwise as `counter`.
class gauge {
 public:
  explicit gauge(std::shared_ptr<std::atomic<double>> cell) noexcept : cell_(std::move(cell)) {}
  void set(double to) const noexcept { cell_->store(to, std::memory_order_relaxed); }
  void add(double n) const noexcept { cell_->fetch_add(n, std::memory_order_relaxed); }
  [[nodiscard]] double value() const noexcept { return cell_->load(std::memory_order_relaxed); }

 private:
  std::shared_ptr<std::atomic<double>> cell_;
};

/// How values are spread, by buckets. From `node::histogram`; otherwise as `counter`, at the price of two additions.
///
///     auto prices = node.histogram("auction_price_euros", "Prices at the hammer.", {10, 100, 1000});
///     prices.observe(250);
class histogram {
 public:
  /// Upper bounds, and what each bucket holds; one more holds what is above all of them.
  struct cells {
    explicit cells(std::vector<double> to) : bounds(std::move(to)), counts(bounds.size() + 1) {}
    const std::vector<double> bounds;
    std::vector<std::atomic<std::uint64_t>> counts;
    std::atomic<double> sum{0};
  };

  explicit histogram(std::shared_ptr<cells> all) noexcept : cells_(std::move(all)) {}
  /// What is no number is not counted.
  void observe(double value) const noexcept;

 private:
  std::shared_ptr<cells> cells_;
};

} // namespace troupe
