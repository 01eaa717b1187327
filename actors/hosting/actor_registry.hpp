#pragma once

#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>

#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace troupe::actors {

/// Where the actors of the node are just now: a handle changes when a supervisor starts its actor anew.
///
/// Owner: the node. Thread: any (a mutex; never on the path of a publication). Factories put, endpoints and actors find.
class actor_registry {
 public:
  void put(std::string name, caf::strong_actor_ptr who) {
    const std::lock_guard guard{mutex_};
    all_.insert_or_assign(std::move(name), std::move(who));
  }

  void clear() {
    const std::lock_guard guard{mutex_};
    all_.clear();
  }

  /// Null if nobody of that name has been started.
  template <class Handle>
  [[nodiscard]] Handle find(std::string_view name) const {
    const std::lock_guard guard{mutex_};
    const auto found = all_.find(name);
    return found == all_.end() ? Handle{} : caf::actor_cast<Handle>(found->second);
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, caf::strong_actor_ptr, std::less<>> all_;
};

[[nodiscard]] inline std::string shard_name(std::uint32_t index) { return "shard-" + std::to_string(index); }
[[nodiscard]] inline std::string mount_name(std::string_view path) { return "mount " + std::string{path}; }

} // namespace troupe::actors
