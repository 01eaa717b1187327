#include "transports/transfer_budget.hpp"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

namespace troupe::transports {

namespace {

constexpr std::chrono::duration<double> moment{1};     // a pace is taken over it, and who has not moved for it stands still
constexpr std::chrono::duration<double> long_while{10}; // who needs more for what it holds trickles
constexpr std::size_t weighed_as{4 * 1024};             // at the least

/// In the order in which they make way.
enum class condition : std::uint8_t { lags, new_here, goes_on, waits };

struct candidate {
  transfer* who;
  condition is;
  double pace; // part of what it holds that moves in a second; 0 of those whose size counts
  std::size_t bytes;

  friend bool operator<(const candidate& a, const candidate& b) {
    return std::tuple(a.is, a.pace, b.bytes) < std::tuple(b.is, b.pace, a.bytes);
  }
};

candidate judge(transfer& t, const transfer_course& course, std::size_t bytes, transfer_course::time_point now) {
  if (t.waits_for_us())
    return {&t, condition::waits, 0, bytes};
  if (course.age(now) < moment)
    return {&t, condition::new_here, 0, bytes};
  if (course.stands_for(now) >= moment)
    return {&t, condition::lags, 0, bytes};
  const auto pace = course.pace(now) / static_cast<double>(std::max(bytes, weighed_as));
  return {&t, pace * long_while.count() < 1 ? condition::lags : condition::goes_on, pace, bytes};
}

} // namespace

// -- transfer_course ----------------------------------------------------------

void transfer_course::look(std::uint64_t moved, time_point now) noexcept {
  if (moved != std::exchange(moved_, moved))
    went_on_ = now;
  if (now - last_.at < moment)
    return;
  before_ = std::exchange(last_, {now, moved});
}

double transfer_course::pace(time_point now) const noexcept {
  const std::chrono::duration<double> time = now - before_.at;
  return time.count() > 0 ? static_cast<double>(moved_ - before_.moved) / time.count() : 0;
}

// -- transfer_budget ----------------------------------------------------------

std::size_t transfer_budget::hold(transfer& t, std::size_t bytes, time_point now) {
  if (bytes == t.bytes_)
    return 0;
  if (bytes == 0) {
    release(t);
    return 0;
  }
  if (t.bytes_ == 0) {
    t.course_ = std::make_unique<transfer_course>(t.moved(), now);
    all_.push_back(t);
  } else {
    t.course_->look(t.moved(), now);
  }
  held_ = held_ - t.bytes_ + bytes;
  t.bytes_ = bytes;
  return held_ > bytes_max_ ? make_room(now) : 0;
}

void transfer_budget::release(transfer& t) noexcept {
  held_ -= std::exchange(t.bytes_, 0);
  t.course_ = nullptr;
  t.unlink();
}

std::size_t transfer_budget::make_room(time_point now) {
  std::vector<candidate> order;
  for (transfer& t : all_) {
    t.course_->look(t.moved(), now);
    order.push_back(judge(t, *t.course_, t.bytes_, now));
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
