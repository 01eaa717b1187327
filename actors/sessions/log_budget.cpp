#include "actors/sessions/log_budget.hpp"

#include <algorithm>
#include <bit>

namespace troupe::actors {

namespace {

/// 0 is of the empty.
std::uint8_t size_class_of(std::size_t bytes, std::size_t classes) {
  return static_cast<std::uint8_t>(std::min<std::size_t>(static_cast<std::size_t>(std::bit_width(bytes)), classes - 1));
}

} // namespace

void log_budget::resized(channel_log& log) noexcept {
  const auto now = size_class_of(log.bytes(), classes);
  if (now == log.size_class_)
    return;
  log.size_class_ = now;
  if (now != 0)
    log.link_before(by_size_[now]);
  else
    log.unlink();
}

void log_budget::spoke(channel_log& log) {
  resized(log);
  log.link_before(by_size_[log.size_class_]);
  make_room(log, log.head() - 1);
}

void log_budget::grew(channel_log& log, sequence keep) {
  resized(log);
  make_room(log, keep);
}

void log_budget::make_room(const channel_log& for_whom, sequence keep) {
  while (bytes() > bytes_max_) {
    auto* gives = largest(for_whom, keep);
    if (gives == nullptr)
      return;
    gives->drop_oldest();
    ++shed_;
  }
}

/// Of those that have something to give: of `but` that is what lies before `keep`.
channel_log* log_budget::largest(const channel_log& but, sequence keep) {
  for (std::size_t i = classes; i-- > 1;)
    for (auto* link = by_size_[i].next_; link != &by_size_[i]; link = link->next_) {
      auto& log = static_cast<channel_log&>(*link);
      if (log.tail() < (&log == &but ? keep : log.head()))
        return &log;
    }
  return nullptr;
}

} // namespace troupe::actors
