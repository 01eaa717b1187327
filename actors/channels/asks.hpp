#pragma once

#include <troupe/channel.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <unordered_set>
#include <vector>

namespace troupe::actors {

/// Questions that the channel asked some of its members, until enough have answered or the deadline passes.
///
/// Owner: the channel_runtime. Thread: the channel's. Bounded: `asks_per_channel`, `members_per_ask`; the runtime
/// refuses what is over.
class asks {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  using continuation = std::function<void(const std::vector<ask_answer>&)>;

  struct question {
    time_point deadline;
    std::size_t quorum = 0; ///< answers that are enough
    std::unordered_set<session_id> waiting_for;
    std::vector<ask_answer> answers;
    continuation then;
  };

  /// The number clients answer to.
  std::uint64_t open(question q);

  // Each of these hands out the questions that are over by it; the caller runs `then`.
  [[nodiscard]] std::vector<question> answer(std::uint64_t ask, const member& who, payload data);
  [[nodiscard]] std::vector<question> gone(session_id who);
  [[nodiscard]] std::vector<question> expire(time_point now);

  void clear() { open_.clear(); }

  [[nodiscard]] std::size_t size() const noexcept { return open_.size(); }
  [[nodiscard]] std::optional<time_point> next_deadline() const;

 private:
  template <class F>
  std::vector<question> take(F is_over);

  std::map<std::uint64_t, question> open_;
  std::uint64_t last_ = 0;
};

} // namespace troupe::actors
