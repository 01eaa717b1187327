#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace troupe::actors {

/// How long things took, by buckets whose bounds are those of every histogram of a node.
///
/// One thread observes; it costs two plain additions. Any thread reads: what is under way just then may be in the sum and
/// not yet in a bucket.
class histogram {
 public:
  using duration = std::chrono::nanoseconds;
  /// Upper bounds; one more bucket holds all that took longer.
  static constexpr std::array<std::chrono::microseconds, 16> bounds{
      std::chrono::microseconds{50},      std::chrono::microseconds{100},     std::chrono::microseconds{250},
      std::chrono::microseconds{500},     std::chrono::microseconds{1'000},   std::chrono::microseconds{2'500},
      std::chrono::microseconds{5'000},   std::chrono::microseconds{10'000},  std::chrono::microseconds{25'000},
      std::chrono::microseconds{50'000},  std::chrono::microseconds{100'000}, std::chrono::microseconds{250'000},
      std::chrono::microseconds{500'000}, std::chrono::microseconds{1'000'000}, std::chrono::microseconds{5'000'000},
      std::chrono::microseconds{30'000'000}};

  /// What was observed so far. A value.
  struct reading {
    std::array<std::uint64_t, bounds.size() + 1> counts{}; ///< each bucket's own
    duration sum{0};

    [[nodiscard]] std::uint64_t count() const noexcept {
      std::uint64_t all = 0;
      for (const auto n : counts)
        all += n;
      return all;
    }
    reading& operator+=(const reading& o) noexcept {
      for (std::size_t i = 0; i < counts.size(); ++i)
        counts[i] += o.counts[i];
      sum += o.sum;
      return *this;
    }
  };

  /// The one thread that writes. Less than nothing counts as nothing.
  void observe(duration took) noexcept {
    took = std::max(took, duration{0});
    std::size_t at = 0;
    while (at < bounds.size() && took > bounds[at])
      ++at;
    add(counts_[at], 1);
    add(sum_, static_cast<std::uint64_t>(took.count()));
  }

  [[nodiscard]] reading read() const noexcept {
    reading r;
    for (std::size_t i = 0; i < counts_.size(); ++i)
      r.counts[i] = counts_[i].load(std::memory_order_relaxed);
    r.sum = duration{static_cast<duration::rep>(sum_.load(std::memory_order_relaxed))};
    return r;
  }

 private:
  static void add(std::atomic<std::uint64_t>& to, std::uint64_t n) noexcept {
    to.store(to.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }

  std::array<std::atomic<std::uint64_t>, bounds.size() + 1> counts_{};
  std::atomic<std::uint64_t> sum_{0}; // ns
};

} // namespace troupe::actors
