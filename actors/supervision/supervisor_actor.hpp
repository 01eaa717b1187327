#pragma once

#include "actors/supervision/child_table.hpp"
#include "actors/supervision/messages.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <random>
#include <unordered_set>

namespace troupe::actors {

/// The actor behind <troupe/supervisor.hpp>.
///
/// A child:  backing_off ──start──► running ──fails──► backing_off        (retired: stopped or failed)
///                                     └──asked──► stopping ──ended──► backing_off (group) or retired
/// A group (one_for_all, rest_for_one) restarts in phases:
///           idle ──a member fails──► stopping (from the right, one by one) ──► pausing ──► idle (started from the left)
/// A failure during a group restart widens the group and begins anew with `stopping`.
class supervisor_actor : public supervisor_interface::base {
 public:
  supervisor_actor(caf::actor_config& cfg, supervisor_settings settings, std::vector<child_spec> children);

  [[nodiscard]] const char* name() const override { return "troupe.supervisor"; }
  behavior_type make_behavior() override;
  void on_exit() override;

 private:
  using child = supervised_child;
  enum class group_phase : std::uint8_t { idle, stopping, pausing };

  // -- requests (supervisor_actor.cpp) ----------------------------------------

  caf::result<child_handle> add(start_child& request);
  caf::result<child_stopped> remove(const stop_child& request);
  caf::result<void> crash(const crash_child& request);
  caf::result<caf::strong_actor_ptr> find(const find_child& request);
  [[nodiscard]] child_list list();
  void listen(const listen_to_children& request);

  // -- starting and stopping (supervisor_actor.cpp) ---------------------------

  [[nodiscard]] caf::strong_actor_ptr make(child& c);
  [[nodiscard]] bool start(child& c);
  void begin_stop(child& c);
  void kill(child& c);
  void leave_behind(child& c);
  void stopped(child& c);
  void retire(child& c, child_state state);
  void begin_shutdown(caf::error reason);
  void advance_shutdown();

  // -- failing and restarting (supervisor_restarts.cpp) -----------------------

  void start_all();
  void ended(const caf::down_msg& down);
  void ended_by_itself(child& c);
  void start_failed(child& c);
  void failed(child& c);
  [[nodiscard]] bool restart_allowed(child& c);
  void begin_group(child& c);
  void advance_group();
  void start_group();
  void due(const supervision_timer& timer);

  // -- small things -----------------------------------------------------------

  void enter(child& c, child_state state);
  void arm(child& c, supervision_deadline what, std::chrono::milliseconds delay);
  void send_exit_first(const child& c, caf::exit_reason reason);
  void announce(const supervision_event& event);

  supervisor_settings settings_;
  child_table children_;
  restart_intensity intensity_;
  std::mt19937_64 dice_;
  std::vector<child_spec> first_children_; // until make_behavior
  std::unordered_set<caf::actor_addr> listeners_;
  std::uint64_t last_timer_ = 0;

  group_phase group_ = group_phase::idle;
  std::chrono::milliseconds group_pause_{0};
  std::uint64_t group_timer_ = 0;

  bool ending_ = false;
  caf::error end_reason_;
  caf::strong_actor_ptr self_; // until on_exit
};

} // namespace troupe::actors
