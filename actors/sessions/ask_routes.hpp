#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>

namespace troupe::actors {

/// Which channel asked what: channels number their questions themselves, a client sees one number per question.
///
/// Owner: the session, made on first use. Bounded: the oldest of more than 128 open questions is forgotten.
class ask_routes {
 public:
  struct route {
    std::string channel;
    std::uint64_t ask = 0; ///< the channel's number
  };

  /// The number for the client.
  std::uint64_t add(std::string channel, std::uint64_t ask) {
    if (open_.size() == routes_max)
      open_.pop_front();
    open_.emplace_back(++last_, route{std::move(channel), ask});
    return last_;
  }

  [[nodiscard]] std::size_t bytes() const noexcept { return open_.size() * sizeof(open_.front()); }

  /// A question is answered once.
  std::optional<route> take(std::uint64_t number) {
    for (auto it = open_.begin(); it != open_.end(); ++it) {
      if (it->first != number)
        continue;
      auto found = std::move(it->second);
      open_.erase(it);
      return found;
    }
    return std::nullopt;
  }

 private:
  static constexpr std::size_t routes_max = 128;
  std::deque<std::pair<std::uint64_t, route>> open_;
  std::uint64_t last_ = 0;
};

} // namespace troupe::actors
