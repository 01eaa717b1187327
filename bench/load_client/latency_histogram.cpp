#include "load_client/latency_histogram.hpp"

#include <algorithm>
#include <bit>

namespace troupe::bench {

namespace {

// Values below 64 have a bucket each; above, every power of two has 64.
constexpr unsigned sub_bits = 6;
constexpr std::uint64_t sub_buckets = 1U << sub_bits;
constexpr std::size_t buckets = (64 - sub_bits + 1) * sub_buckets;

std::size_t bucket_of(std::uint64_t value) noexcept {
  if (value < sub_buckets)
    return value;
  const auto shift = static_cast<unsigned>(std::bit_width(value)) - sub_bits - 1;
  return (shift + 1) * sub_buckets + (value >> shift) - sub_buckets;
}

/// The greatest value that falls into `bucket`.
std::uint64_t upper_end(std::size_t bucket) noexcept {
  if (bucket < sub_buckets)
    return bucket;
  const auto shift = bucket / sub_buckets - 1;
  return ((bucket % sub_buckets + sub_buckets + 1) << shift) - 1;
}

} // namespace

latency_histogram::latency_histogram() : counts_(buckets) {}

void latency_histogram::record(nanoseconds latency) noexcept {
  latency = std::max<nanoseconds>(latency, 0);
  ++counts_[bucket_of(static_cast<std::uint64_t>(latency))];
  ++total_;
  max_ = std::max(max_, latency);
}

nanoseconds latency_histogram::percentile(double share) const noexcept {
  const auto rank = share * static_cast<double>(total_);
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < counts_.size() && total_ > 0; ++bucket)
    if (seen += counts_[bucket]; seen > 0 && static_cast<double>(seen) >= rank)
      return std::min(max_, static_cast<nanoseconds>(upper_end(bucket)));
  return 0;
}

} // namespace troupe::bench
