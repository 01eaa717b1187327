#pragma once
/// Makes callbacks into an object that others own: they reach it while it lives and is not closed, and keep it
/// meanwhile.

#include <memory>
#include <utility>

namespace troupe::clients {

template <class T>
class calls_into {
 public:
  explicit calls_into(std::weak_ptr<T> to) noexcept : to_(std::move(to)) {}

  template <class Then>
  [[nodiscard]] auto operator()(Then then) const {
    return [to = to_, then = std::move(then)](auto&&... values) {
      if (const auto self = to.lock(); self && !self->is_closed())
        then(*self, std::forward<decltype(values)>(values)...);
    };
  }

 private:
  std::weak_ptr<T> to_;
};

} // namespace troupe::clients
