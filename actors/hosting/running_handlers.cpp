#include "actors/hosting/running_handlers.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

running_handlers::entry::entry(running_handlers* on, std::string name) : handlers_(on), name_(std::move(name)) {
  if (!handlers_)
    return;
  const std::lock_guard guard{handlers_->mutex_};
  handlers_->entries_.insert(this);
}

running_handlers::entry::~entry() {
  if (!handlers_)
    return;
  const std::lock_guard guard{handlers_->mutex_};
  handlers_->entries_.erase(this);
}

std::vector<std::string> running_handlers::busy() const {
  std::vector<std::string> names;
  const std::lock_guard guard{mutex_};
  for (const auto* l : entries_)
    if (l->busy_.load(std::memory_order_relaxed))
      names.push_back(l->name_);
  std::sort(names.begin(), names.end());
  return names;
}

} // namespace troupe::actors
