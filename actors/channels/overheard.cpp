#include "actors/channels/overheard.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

void overheard::add(publication_ptr what) {
  ++count_;
  bytes_ += what->size();
  all_.push_back(std::move(what));
  while (all_.size() > overheard_max || (bytes_ > bytes_max_ && all_.size() > 1)) {
    bytes_ -= all_.front()->size();
    all_.erase(all_.begin());
  }
}

overheard::page overheard::after(std::uint64_t heard) const {
  const auto fresh = count_ - std::min(heard, count_);
  const auto there = std::min<std::uint64_t>(fresh, all_.size());
  return {{all_.end() - static_cast<std::ptrdiff_t>(there), all_.end()}, count_};
}

} // namespace troupe::actors
