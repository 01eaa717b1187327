#pragma once

#include "actors/messages/catalogue.hpp"

#include <caf/actor_clock.hpp>
#include <caf/typed_response_promise.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace troupe::actors {

/// One answer to `list_channels` in the making: filled by the channels, delivered once all have said what they are, or at
/// its deadline without those that have not (a handler may never return).
/// Owner: the broker and the answers under way. Thread: the broker's.
class channel_listing {
 public:
  using time_point = caf::actor_clock::time_point;

  channel_listing(caf::typed_response_promise<channel_list> to, time_point deadline)
      : to_(std::move(to)), deadline_(deadline) {}

  void add(channel_description what) { all_.channels.push_back(std::move(what)); }
  /// Of so many that match, and so many that come after it.
  void is_page_of(std::size_t matching, std::size_t left_out, std::vector<page_picker<std::string>::place> order) {
    all_.matching = matching;
    all_.left_out = left_out;
    all_.more = left_out > 0;
    all_.order = std::move(order);
  }

  /// One more will answer.
  void expect() { ++missing_; }
  void answered() {
    if (--missing_ == 0)
      deliver();
  }
  /// Whether it is over. Delivers if it is time.
  bool over(time_point now) {
    if (!delivered_ && now >= deadline_)
      deliver();
    return delivered_;
  }

 private:
  void deliver() {
    if (std::exchange(delivered_, true))
      return;
    all_.left_out += missing_;
    to_.deliver(std::move(all_));
  }

  caf::typed_response_promise<channel_list> to_;
  const time_point deadline_;
  channel_list all_;
  std::size_t missing_ = 0;
  bool delivered_ = false;
};

} // namespace troupe::actors
