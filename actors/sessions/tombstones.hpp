#pragma once

#include "actors/containers/fifo.hpp"

#include <troupe/member.hpp>
#include <troupe/publication.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <unordered_map>

namespace troupe::actors {

/// Sessions that are over, for as long as somebody may want them back: why, so that whoever comes with a token hears it, and
/// is not taken in again where that was ended on purpose.
/// Owner: the shard. Thread: the shard's. Bounded: `most`; the oldest go.
class tombstones {
 public:
  using time = std::chrono::steady_clock::time_point;

  struct epitaph {
    leave_reason why = leave_reason::lost;
    std::string words;
  };

  void add(session_id who, epitaph what, time until, std::size_t most) {
    while (!order_.empty() && order_.size() >= most)
      drop_oldest();
    if (most > 0 && of_.emplace(who, std::move(what)).second)
      order_.push_back({who, until});
  }

  void sweep(time now) {
    while (!order_.empty() && order_.front().until <= now)
      drop_oldest();
  }

  /// Null: none.
  [[nodiscard]] const epitaph* find(session_id who) const {
    const auto found = of_.find(who);
    return found == of_.end() ? nullptr : &found->second;
  }

 private:
  struct grave {
    session_id who;
    time until;
  };
  void drop_oldest() {
    of_.erase(order_.front().who);
    order_.pop_front();
  }

  fifo<grave> order_; // by when they are forgotten
  std::unordered_map<session_id, epitaph> of_;
};

} // namespace troupe::actors
