#pragma once
/// Which transport an attempt takes: the first, and the next below where one fails without ever having worked. What had
/// worked gets a second chance first, since a node that is down fails everywhere.

#include <cstddef>
#include <optional>

namespace troupe::clients {

class ladder {
 public:
  explicit ladder(std::size_t size) noexcept : size_(size) {}

  [[nodiscard]] std::size_t current() const noexcept { return at_; }
  [[nodiscard]] bool is_at_top() const noexcept { return at_ == 0; }

  void worked() noexcept;

  /// The attempt failed; true: take the next one at once, false: pause first.
  [[nodiscard]] bool failed() noexcept;

  /// What worked has ended; `sound` unless it fell silent or was over at once. Too often: the one below.
  void ended(bool sound) noexcept;

  /// Begins at the top again: the network is another one, or the top is known to work.
  void reset() noexcept;

 private:
  static constexpr unsigned patience = 2;    // failures in a row of what had worked before it is doubted
  static constexpr unsigned unsound_max = 3; // unsound endings in a row before a transport counts as blocked

  const std::size_t size_;
  std::size_t at_ = 0;
  std::optional<std::size_t> good_;
  unsigned misses_ = 0, unsound_ = 0;
};

} // namespace troupe::clients
