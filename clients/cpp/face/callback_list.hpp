#pragma once
/// Callbacks of one kind, by event; one without an event hears all. Each is looked up again before it is called, so
/// that one that was taken out by the one before is not. Thread: any.

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::clients {

template <class... Args>
class callback_list {
 public:
  using callback = std::function<void(Args...)>;

  void add(std::uint64_t id, std::string event, callback then) {
    const std::lock_guard lock{mutex_};
    all_.emplace(id, entry{std::move(event), std::move(then)});
  }

  void remove(std::uint64_t id) {
    const std::lock_guard lock{mutex_};
    all_.erase(id);
  }

  void call(std::string_view event, Args... args) const {
    for (const auto id : ids())
      if (const auto then = find(id, event))
        then(args...);
  }

 private:
  struct entry {
    std::string event;
    callback then;
  };

  [[nodiscard]] std::vector<std::uint64_t> ids() const {
    const std::lock_guard lock{mutex_};
    std::vector<std::uint64_t> list;
    for (const auto& [id, e] : all_)
      list.push_back(id);
    return list;
  }

  [[nodiscard]] callback find(std::uint64_t id, std::string_view event) const {
    const std::lock_guard lock{mutex_};
    const auto found = all_.find(id);
    const bool hears = found != all_.end() && (found->second.event.empty() || found->second.event == event);
    return hears ? found->second.then : callback{};
  }

  mutable std::mutex mutex_;
  std::map<std::uint64_t, entry> all_; // in the order in which they came
};

} // namespace troupe::clients
