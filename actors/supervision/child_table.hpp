#pragma once

#include "actors/supervision/backoff.hpp"
#include "actors/supervision/restart_intensity.hpp"

#include <caf/actor_addr.hpp>
#include <caf/typed_response_promise.hpp>

#include <deque>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace troupe::actors {

struct supervised_child {
  supervised_child(child_spec s, restart_limit limit) : spec(std::move(s)), intensity(limit) {}

  child_spec spec;
  child_state state = child_state::backing_off; // until it is started
  caf::strong_actor_ptr actor;                  // running and stopping
  std::size_t restarts = 0;
  caf::actor_clock::time_point since{};
  caf::error reason;
  backoff pauses;
  restart_intensity intensity;  // used by restart_verdict::give_up
  std::uint64_t timer = 0;      // the one that counts; older ones are ignored
  bool in_group = false;        // takes part in the group restart under way
  bool started_once = false;
  std::vector<caf::typed_response_promise<child_stopped>> stop_waiters; // not empty: it leaves when stopped
  std::optional<caf::typed_response_promise<child_handle>> start_waiter;

  [[nodiscard]] child_info info() const { return {spec.name, state, restarts, since, actor, reason}; }
};

/// The children of a supervisor in the order of their start, found by name and by actor, and those that ended.
///
/// Owner and thread: the supervisor. Pointers to a child stay valid until it is retired.
class child_table {
 public:
  explicit child_table(std::size_t ended_max) : ended_max_(ended_max) {}

  // -- the living -------------------------------------------------------------

  /// `spec.name` must be free.
  supervised_child& add(child_spec spec, restart_limit limit);
  [[nodiscard]] supervised_child* find(const std::string& name);
  [[nodiscard]] supervised_child* find(const caf::actor_addr& actor);
  [[nodiscard]] std::size_t size() const noexcept { return order_.size(); }
  [[nodiscard]] std::list<supervised_child>& in_order() noexcept { return order_; }
  [[nodiscard]] std::size_t position(const supervised_child& c) const;

  /// Ties `c` to a new actor, or to none.
  void set_actor(supervised_child& c, caf::strong_actor_ptr actor);

  // -- the ended --------------------------------------------------------------

  /// `c` has ended for good, as its state and reason say; `c` is gone after that.
  void retire(supervised_child& c);
  [[nodiscard]] const std::deque<child_info>& ended() const noexcept { return ended_; }

  /// Forgets everything.
  void clear();

 private:
  using order = std::list<supervised_child>;

  const std::size_t ended_max_;
  order order_;
  std::unordered_map<std::string_view, order::iterator> by_name_; // keys are in their specs
  std::unordered_map<caf::actor_addr, supervised_child*> by_actor_;
  std::deque<child_info> ended_; // oldest first, at most ended_max_
};

} // namespace troupe::actors
