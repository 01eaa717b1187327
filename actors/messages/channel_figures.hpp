#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace troupe::actors {

/// What a channel tells of itself without being asked, so that lists can be sorted by it and a channel that is stuck is
/// still in them.
///
/// Owner: the channel and the broker share it. Thread: written by the channel's, at the ends of its turns; read by any.
/// What is read is each for itself: two numbers may be of two turns.
class channel_figures {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::milliseconds window{5'000}; ///< over which publications are counted for the rate

  /// The channel as it is now.
  void tell(std::uint64_t members, std::uint64_t publications, std::uint64_t offset, std::uint64_t restarts,
            time_point now) noexcept {
    const auto passed = now - begun();
    if (passed >= window) {
      rate_ = per_second(publications_ - base_, passed);
      base_ = publications_.load();
      begun_ = now.time_since_epoch().count();
    }
    members_ = members;
    publications_ = publications;
    offset_ = offset;
    restarts_ = restarts;
  }

  [[nodiscard]] std::uint64_t members() const noexcept { return members_; }
  [[nodiscard]] std::uint64_t publications() const noexcept { return publications_; }
  [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }
  [[nodiscard]] std::uint64_t restarts() const noexcept { return restarts_; }

  /// Publications per second: of the last whole window, or of the time since if that is longer.
  [[nodiscard]] double rate(time_point now) const noexcept {
    const auto passed = now - begun();
    return passed < window ? rate_.load() : per_second(publications_ - base_, passed);
  }

 private:
  [[nodiscard]] time_point begun() const noexcept { return time_point{time_point::duration{begun_.load()}}; }
  [[nodiscard]] static double per_second(std::uint64_t n, time_point::duration passed) noexcept {
    return static_cast<double>(n) / std::chrono::duration<double>(passed).count();
  }

  std::atomic<std::uint64_t> members_{0}, publications_{0}, offset_{0}, restarts_{0};
  std::atomic<std::uint64_t> base_{0}; // publications when the window began
  std::atomic<time_point::rep> begun_{0};
  std::atomic<double> rate_{0};
};

} // namespace troupe::actors
