#pragma once

#include "actors/hosting/running_handlers.hpp"
#include "actors/messages/catalogue.hpp"

#include <caf/actor_clock.hpp>
#include <caf/typed_response_promise.hpp>

#include <chrono>
#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace troupe::actors {

/// A channel that cannot say itself what it is, or has not: what else is known of it. `runs`: the handler that is why.
[[nodiscard]] inline channel_description unanswered_channel(std::string name, const running_handlers::run* runs) {
  channel_description d;
  d.name = std::move(name);
  d.state = runs ? "stuck" : "silent";
  if (runs) {
    d.running = runs->event;
    d.running_for = std::chrono::duration_cast<std::chrono::milliseconds>(runs->ran);
  }
  return d;
}

/// One answer to `list_channels` in the making: filled by the channels, delivered once all have said what they are, or at
/// its deadline, with those that have not as `silent` (a handler may never return).
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
  void expect(const std::string& channel) { missing_.insert(channel); }
  void answered(const std::string& channel) {
    missing_.erase(channel);
    deliver_if_whole();
  }
  /// All were asked.
  void begin() {
    begun_ = true;
    deliver_if_whole();
  }
  /// Whether it is over. Delivers if it is time.
  bool over(time_point now) {
    if (!delivered_ && now >= deadline_)
      deliver();
    return delivered_;
  }

 private:
  void deliver_if_whole() {
    if (begun_ && missing_.empty())
      deliver();
  }
  void deliver() {
    if (std::exchange(delivered_, true))
      return;
    for (const auto& name : missing_)
      add(unanswered_channel(name, nullptr));
    to_.deliver(std::move(all_));
  }

  caf::typed_response_promise<channel_list> to_;
  const time_point deadline_;
  channel_list all_;
  std::set<std::string> missing_;
  bool begun_ = false;
  bool delivered_ = false;
};

} // namespace troupe::actors
