#include "actors/sessions/outlet_desk.hpp"

#include "actors/sessions/shard.hpp"

#include <utility>

namespace troupe::actors {

void outlet_desk::attach(std::unique_ptr<desk_line> who) {
  const std::lock_guard guard{mutex_};
  new_.push_back(std::move(who));
  due_ = true;
}

void outlet_desk::take_in() {
  const std::lock_guard guard{mutex_};
  for (auto& one : std::exchange(new_, {}))
    lines_.push_back(std::move(one));
}

bool outlet_desk::serve(shard& home) {
  if (!due_.load(std::memory_order_relaxed) || !due_.exchange(false))
    return false;
  take_in();
  bool more = false;
  for (const auto& line : lines_)
    more = line->serve(home) || more;
  std::erase_if(lines_, [&home](const auto& line) {
    const bool over = line->is_over();
    if (over)
      line->let_go(home);
    return over;
  });
  if (more)
    due_ = true;
  return more;
}

void outlet_desk::shard_ends() {
  for (const auto& line : lines_)
    line->shard_ends();
  due_ = true;
}

void outlet_desk::end() {
  take_in();
  for (const auto& line : lines_)
    line->end();
  lines_.clear();
}

} // namespace troupe::actors
