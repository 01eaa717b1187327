#include "clients/cpp/core/backoff.hpp"

#include <algorithm>

namespace troupe::clients {

milliseconds backoff::ceiling() const noexcept {
  auto pause = base_;
  for (unsigned i = 0; i < failures_ && pause < longest_; ++i)
    pause *= 2;
  return std::min(pause, longest_);
}

milliseconds backoff::next(milliseconds retry_after) {
  const auto pause =
      milliseconds{static_cast<milliseconds::rep>(clock_.random() * static_cast<double>(ceiling().count()))};
  ++failures_;
  return retry_after + pause;
}

void backoff::held(milliseconds time) noexcept {
  if (time >= ceiling())
    failures_ = 0;
}

} // namespace troupe::clients
