#pragma once

#include "actors/containers/fifo.hpp"
#include "actors/sessions/session_token.hpp"

#include <troupe/member.hpp>
#include <troupe/publication.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace troupe::actors {

/// Sessions that are over, for as long as somebody may want them back: why, so that whoever comes with a token hears it, and
/// is not taken in again where that was ended on purpose.
/// Owner: the shard. Thread: the shard's. Bounded: `most`; of those that went by themselves, or were lost, the oldest go
/// first: clients that come and go do not make it forget whom it sent away.
class tombstones {
 public:
  using time = std::chrono::steady_clock::time_point;

  struct epitaph {
    leave_reason why = leave_reason::lost;
    std::string words;
  };

  /// `secret`: of its token.
  void add(session_id who, std::string secret, epitaph what, time until, std::size_t most) {
    const bool sent_away = what.why == leave_reason::kicked;
    if (!make_room(most, sent_away))
      return;
    if (of_.emplace(who, grave{std::move(secret), std::move(what)}).second)
      (sent_away ? sent_away_ : others_).push_back({who, until});
  }

  void sweep(time now) {
    for (auto* in : {&sent_away_, &others_})
      while (!in->empty() && in->front().until <= now)
        drop_oldest(*in);
  }

  /// Null: none, or not with that secret. Numbers are told to everybody, and a node whose clock went wrong gives them again.
  [[nodiscard]] const epitaph* find(session_id who, std::string_view secret) const {
    const auto found = of_.find(who);
    return found != of_.end() && same_secret(found->second.secret, secret) ? &found->second.what : nullptr;
  }

 private:
  struct grave {
    std::string secret;
    epitaph what;
  };
  struct deadline {
    session_id who;
    time until;
  };

  bool make_room(std::size_t most, bool for_sent_away) {
    while (of_.size() >= most) {
      if (!others_.empty())
        drop_oldest(others_);
      else if (for_sent_away && !sent_away_.empty())
        drop_oldest(sent_away_);
      else
        return false;
    }
    return true;
  }

  void drop_oldest(fifo<deadline>& in) {
    of_.erase(in.front().who);
    in.pop_front();
  }

  fifo<deadline> sent_away_, others_; // by when they are forgotten
  std::unordered_map<session_id, grave> of_;
};

} // namespace troupe::actors
