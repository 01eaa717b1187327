#include "transports/transfer_budget.hpp"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

namespace troupe::transports {

namespace {

constexpr std::chrono::seconds spared{1}; // one that began within it

constexpr std::size_t weighed_as{4 * 1024}; // at the least

struct candidate {
  transfer* who;
  bool is_spared;
  double pace; // part of what it holds that moves in a second; 0 of the spared
  std::size_t bytes;

  /// The slowest first, then of the spared the largest.
  friend bool operator<(const candidate& a, const candidate& b) {
    return std::tuple(a.is_spared, a.pace, b.bytes) < std::tuple(b.is_spared, b.pace, a.bytes);
  }
};

} // namespace

std::size_t transfer_budget::hold(transfer& t, std::size_t bytes, time_point now) {
  if (bytes == t.bytes_)
    return 0;
  if (bytes == 0) {
    release(t);
    return 0;
  }
  if (t.bytes_ == 0) {
    t.since_ = now;
    all_.push_back(t);
  }
  held_ = held_ - t.bytes_ + bytes;
  t.bytes_ = bytes;
  return held_ > bytes_max_ ? make_room(now) : 0;
}

void transfer_budget::release(transfer& t) noexcept {
  held_ -= std::exchange(t.bytes_, 0);
  t.unlink();
}

std::size_t transfer_budget::make_room(time_point now) {
  std::vector<candidate> order;
  for (transfer& t : all_) {
    const std::chrono::duration<double> age = now - t.since_;
    const bool is_spared = age < spared || t.waits_for_us();
    const double weight = static_cast<double>(std::max(t.bytes_, weighed_as));
    order.push_back({&t, is_spared, is_spared ? 0 : static_cast<double>(t.moved()) / age.count() / weight, t.bytes_});
  }
  std::sort(order.begin(), order.end());
  std::size_t n = 0;
  for (; n < order.size() && held_ > bytes_max_ / 4 * 3; ++n) {
    transfer& t = *order[n].who;
    release(t); // whatever it does
    t.cut_off();
  }
  return n;
}

} // namespace troupe::transports
