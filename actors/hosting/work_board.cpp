#include "actors/hosting/work_board.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

work_board::line::line(work_board* on, std::string name) : board_(on), name_(std::move(name)) {
  if (!board_)
    return;
  const std::lock_guard guard{board_->mutex_};
  board_->lines_.insert(this);
}

work_board::line::~line() {
  if (!board_)
    return;
  const std::lock_guard guard{board_->mutex_};
  board_->lines_.erase(this);
}

std::vector<std::string> work_board::busy() const {
  std::vector<std::string> names;
  const std::lock_guard guard{mutex_};
  for (const auto* l : lines_)
    if (l->busy_.load(std::memory_order_relaxed))
      names.push_back(l->name_);
  std::sort(names.begin(), names.end());
  return names;
}

} // namespace troupe::actors
