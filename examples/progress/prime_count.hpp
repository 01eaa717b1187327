#pragma once
/// Counts primes by trial division, a slice at a time: work that takes a while, with a state that can be saved.
///
/// A value, no threads. `advance` takes time in proportion to its argument, so its caller decides how long it blocks.

#include <algorithm>
#include <cstdint>
#include <vector>

namespace examples {

class prime_count {
 public:
  struct state {
    std::uint64_t up_to = 0; ///< inclusive
    std::uint64_t next = 2;  ///< all below are counted
    std::uint64_t found = 0;
    std::uint64_t largest = 0;
  };

  explicit prime_count(std::uint64_t up_to) : prime_count(state{up_to, 2, 0, 0}) {}

  /// Goes on where `from` was.
  explicit prime_count(state from) : state_(from) {
    for (std::uint64_t n = 2; n * n <= state_.up_to; ++n)
      if (is_prime(n))
        divisors_.push_back(n);
  }

  [[nodiscard]] const state& now() const noexcept { return state_; }
  [[nodiscard]] bool done() const noexcept { return state_.next > state_.up_to; }

  /// Looks at the next `count` numbers.
  void advance(std::uint64_t count) {
    if (done())
      return;
    const auto end = std::min(state_.next + count, state_.up_to + 1);
    for (; state_.next < end; ++state_.next) {
      if (!is_prime(state_.next))
        continue;
      ++state_.found;
      state_.largest = state_.next;
    }
  }

 private:
  [[nodiscard]] bool is_prime(std::uint64_t n) const {
    for (auto d : divisors_) {
      if (d * d > n)
        break;
      if (n % d == 0)
        return false;
    }
    return true;
  }

  state state_;
  std::vector<std::uint64_t> divisors_;
};

} // namespace examples
