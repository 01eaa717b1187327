#include "actors/telemetry/slow_handlers.hpp"

#include <set>
#include <utility>

namespace troupe::actors {

namespace {

constexpr auto glance = std::chrono::milliseconds{100}; // shards look as often, each of them
constexpr auto reminder = std::chrono::minutes{1};

std::chrono::milliseconds whole(std::chrono::nanoseconds t) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(t);
}

} // namespace

void slow_handlers::watch(const running_handlers& board, duration slow) {
  const std::lock_guard guard{looking_};
  board_ = &board;
  slow_ = slow;
}

void slow_handlers::look(const teller& tell) {
  const std::unique_lock guard{looking_, std::try_to_lock};
  if (!guard || !board_)
    return;
  const auto at = board_->now();
  if (at < next_)
    return;
  next_ = at + glance;
  const auto all = board_->running(slow_);
  std::set<std::size_t> threads;
  for (const auto& one : all) {
    threads.insert(one.thread);
    look_at(one, at, tell);
  }
  std::erase_if(slow_now_, [&](const auto& known) {
    if (threads.contains(known.first))
      return false;
    over(known.second, at, tell);
    return true;
  });
  running_ = slow_now_.size();
  for (const auto& line : topics_.summaries(at))
    tell(line, nullptr);
}

void slow_handlers::look_at(const running_handlers::run& now, time_point at, const teller& tell) {
  auto& known = slow_now_[now.thread];
  if (known.number != now.number) {
    if (known.number != 0)
      over(known, at, tell);
    known = {now.number, now.who, now.event, at - now.ran, slow_, false};
    ++count_;
  }
  const auto ran = whole(now.ran);
  if (ran < known.told_next)
    return;
  const bool first = known.told_next == slow_;
  known.told_next = first ? slow_ * 10 : ran + reminder;
  const node_event event = events::handler_slow{now.who, now.event, ran, false};
  const auto line = line_of(event);
  if (first)
    known.told = topics_.admit(line, at);
  if (known.told)
    tell(line, &event);
}

/// Found to have returned: up to a glance after it has.
void slow_handlers::over(const watched& was, time_point at, const teller& tell) {
  if (!was.told)
    return;
  const node_event event = events::handler_slow{was.who, was.event, whole(at - was.began), true};
  tell(line_of(event), &event);
}

} // namespace troupe::actors
