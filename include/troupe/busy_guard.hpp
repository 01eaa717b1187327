#pragma once

#include <memory>
#include <utility>

namespace troupe {

/// Keeps a channel from being stopped for being idle while a copy of it lives. See `channel::busy`.
/// A value; empty when default-constructed. Thread: may be copied and dropped on any.
class busy_guard {
 public:
  busy_guard() = default;
  explicit busy_guard(std::shared_ptr<const void> mark) : mark_(std::move(mark)) {}
  explicit operator bool() const noexcept { return mark_ != nullptr; }

 private:
  std::shared_ptr<const void> mark_;
};

} // namespace troupe
