#pragma once

#include "actors/stores/store.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace troupe::actors {

/// What a channel said ephemerally while an operator listens without being in it: numbered from 1.
///
/// Owner: the publication_stream, from when somebody listens; who does asks again and again, and once nobody has asked for
/// `kept_for` nothing is kept any more. Thread: the channel's. Bounded: `overheard_max` publications, and their bytes.
class overheard {
 public:
  static constexpr std::size_t overheard_max = 256;
  static constexpr std::int64_t kept_for = 5'000; ///< ms

  explicit overheard(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  /// Somebody listens at that time (ms since 1970).
  void listens(std::int64_t time) noexcept { asked_ = time; }
  /// Nobody has for too long.
  [[nodiscard]] bool is_over(std::int64_t time) const noexcept { return time - asked_ > kept_for; }

  void add(publication_ptr what);

  /// What a listener is told.
  struct page {
    std::vector<publication_ptr> items{};
    std::uint64_t count = 0; ///< of all so far: what it has heard then, or will never hear
  };
  /// What came after the first `heard`, as far as it is still there.
  [[nodiscard]] page after(std::uint64_t heard) const;

 private:
  const std::size_t bytes_max_;
  std::vector<publication_ptr> all_; // the last ones, oldest first
  std::size_t bytes_ = 0;
  std::uint64_t count_ = 0;
  std::int64_t asked_ = 0;
};

} // namespace troupe::actors
