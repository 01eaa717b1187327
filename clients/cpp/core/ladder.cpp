#include "clients/cpp/core/ladder.hpp"

namespace troupe::clients {

void ladder::worked() noexcept {
  good_ = at_;
  misses_ = 0;
}

bool ladder::failed() noexcept {
  if (good_ == at_) {
    if (++misses_ < patience)
      return false;
    good_.reset();
    if (at_ > 0) {
      at_ = 0;
      return true;
    }
  }
  at_ = (at_ + 1) % size_;
  return at_ > 0;
}

void ladder::ended(bool sound) noexcept {
  unsound_ = sound ? 0 : unsound_ + 1;
  if (unsound_ < unsound_max || at_ + 1 == size_)
    return;
  unsound_ = 0;
  good_.reset();
  ++at_;
}

void ladder::reset() noexcept {
  at_ = 0;
  good_.reset();
  unsound_ = 0;
}

} // namespace troupe::clients
