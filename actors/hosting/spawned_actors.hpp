#pragma once

#include <caf/actor_addr.hpp>
#include <caf/execution_unit.hpp>

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::actors {

/// Actors that the application's channels have spawned and that live. Nobody supervises them, and CAF, which waits for
/// them at its end, cannot say who they are.
/// Owner: the node's actors; it outlives every channel. Thread: any. Bounded: those that have ended are forgotten as others
/// come.
class spawned_actors {
 public:
  /// One of them.
  struct one {
    std::string by; ///< the channel
    caf::actor_addr who;
  };

  void add(std::string_view by, caf::actor_addr who);

  /// Those that live.
  [[nodiscard]] std::vector<one> alive() const;

 private:
  mutable std::mutex mutex_;
  std::vector<one> all_;
  std::size_t look_at_ = 64; // of them, when the dead are forgotten
};

/// "actor feed, spawned by room:1".
[[nodiscard]] std::string name_of(const spawned_actors::one& who);

/// Stands between an actor and the worker that runs it, and notes whom it spawns: what is woken before it has ever run.
/// Owner: the actor. Thread: the one that runs it. Costs a look per actor that is woken. Actors with a thread of their
/// own (`caf::detached`) are not seen.
class spawn_watch final : public caf::execution_unit {
 public:
  /// `to` may be null: nobody is interested.
  spawn_watch(spawned_actors* to, std::string_view name) : caf::execution_unit(nullptr), to_(to), name_(name) {}

  /// From now on `unit` runs the actor.
  [[nodiscard]] caf::execution_unit* between(caf::execution_unit* unit) noexcept;

  void exec_later(caf::resumable* job) override;

 private:
  spawned_actors* const to_;
  const std::string_view name_; // the actor's own
  caf::execution_unit* unit_ = nullptr;
};

} // namespace troupe::actors
