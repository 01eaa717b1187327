#pragma once

#include "actors/hosting/shard_host.hpp"

#include <caf/actor_config.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/mailbox_element.hpp>

#include <cassert>
#include <cstddef>
#include <utility>

namespace troupe::actors {

/// Makes an event-based actor, typed or not, live on the I/O thread of a shard_host.
///
///     class shard_actor : public hosted<shard_handle::base> {
///       shard_actor(caf::actor_config& cfg, shard_host& host, …) : hosted(cfg, host), … {}
///       behavior_type make_behavior() override { … }
///     };
///     system.spawn<shard_actor>(host, …);
///
/// Owner: itself. Dropping the last handle does not end it (that would run `on_exit` on the dropper's thread):
/// it lives until it quits or is told to exit, so somebody has to.
/// Thread: everything, from `make_behavior` to `on_exit`, on the host's thread; only the constructor runs on the
/// spawner's. Once the host is closed: on CAF's workers.
/// Ends: `quit()` within a handler; from elsewhere on the I/O thread send it an `exit_msg` (quit would leave a
/// zombie). A class that overrides `on_exit` calls hosted's; it must not throw. State that must go with the actor,
/// such as a socket, is a plain member freed in `on_exit`, not a `stateful_actor`'s.
/// Outside a handler `request(…).then` works; `make_response_promise` does not.
template <class Base>
class hosted : public Base {
 public:
  template <class... Ts>
  hosted(caf::actor_config& cfg, shard_host& host, Ts&&... xs) : Base(cfg, std::forward<Ts>(xs)...), host_(host) {
    this->context(host_.context());
  }

  // -- overridden functions of scheduled_actor --------------------------------

  using Base::enqueue;

  void enqueue(caf::mailbox_element_ptr message, caf::execution_unit*) override {
    Base::enqueue(std::move(message), host_.wake());
  }

  void launch(caf::execution_unit*, bool lazy, bool hide) override {
    self_.reset(this->ctrl());
    Base::launch(host_.wake(), lazy, hide);
  }

  typename Base::resume_result resume(caf::execution_unit* context, std::size_t messages_max) override {
    assert(host_.runs_here());
    const auto result = Base::resume(context, messages_max);
    this->context(host_.context()); // for what is sent outside of a handler: `context` may be gone by then
    return result;
  }

  void on_exit() override { self_ = nullptr; }

 protected:
  [[nodiscard]] shard_host& host() noexcept { return host_; }

 private:
  shard_host& host_;
  caf::strong_actor_ptr self_; // until on_exit
};

} // namespace troupe::actors
