#pragma once

#include <troupe/channel.hpp>

#include <map>
#include <stdexcept>
#include <string>
#include <utility>

namespace troupe {

/// A channel that keeps a `State` about each member: one from its join to its leave, and none of anybody else.
///
///     struct seat {
///       std::string name;
///       int points = 0;
///       TROUPE_FIELDS(name, points)
///     };
///
///     class quiz : public troupe::channel_of<seat> {
///       troupe::join_result on_join(const troupe::member& who, const troupe::payload& params) override {
///         state(who).name = params.as<std::string>("params");
///         return troupe::accept();
///       }
///       void on_leave(const troupe::member& who, troupe::leave_reason) override { broadcast("left", state(who).name); }
///     };
///
/// Begins, default-made, before `on_join` is asked about a member. Ends after its `on_leave` (and `on_last_leave`), or
/// once its join was refused, by whomever: the hook, its promise, its deadline, a kick, its going away.
/// After a crash the new object has none: each is made anew where it is first asked for, unless `restore_states` has
/// brought it back.
/// Owner: the object, with which all end. Thread: the channel's. References stay good until the state ends.
/// `State` needs a default constructor (what that throws counts as thrown by the hook), and a destructor that throws
/// nothing and does not use the channel.
template <class State>
class channel_of : public channel {
 public:
  // -- used by the library ----------------------------------------------------

  void begin_state(session_id who) final { states_.try_emplace(who); }
  void end_state(session_id who) final { states_.erase(who); }

 protected:
  // -- states -----------------------------------------------------------------

  /// That of a member, of one that is coming in, or of the one that `on_leave` is told of. Throws std::out_of_range for
  /// anybody else: one that calls or publishes without being in.
  [[nodiscard]] State& state(session_id who) {
    if (auto* found = find_state(who))
      return *found;
    throw std::out_of_range(to_string(who) + " is not in " + name());
  }
  [[nodiscard]] State& state(const member& who) { return state(who.id); }

  /// The same; null for anybody else.
  [[nodiscard]] State* find_state(session_id who) {
    if (const auto found = states_.find(who); found != states_.end())
      return &found->second;
    return find_member(who) ? &states_[who] : nullptr;
  }

  /// Calls `visit(const member&, State&)` for each member, by session; it may kick, and who was kicked is not visited.
  template <class F>
  void each_state(F&& visit) {
    for (const auto& who : members())
      if (find_member(who.id))
        visit(who, state(who));
  }

  // -- outliving a crash ------------------------------------------------------

  /// A copy of those of members, by session as text: a field of a snapshot, where `State` can be one.
  ///
  ///     struct kept {
  ///       int round = 0;
  ///       std::map<std::string, seat> seats;
  ///       TROUPE_FIELDS(round, seats)
  ///     };
  ///     std::optional<troupe::payload> snapshot() override { return troupe::payload::of(kept{round_, states()}); }
  ///     void on_restore(const troupe::payload& last) override {
  ///       auto before = last.as<kept>();
  ///       round_ = before.round;
  ///       restore_states(std::move(before.seats));
  ///     }
  [[nodiscard]] std::map<std::string, State> states() const {
    std::map<std::string, State> all;
    for (const auto& [who, kept] : states_)
      if (find_member(who))
        all.emplace(to_string(who), kept);
    return all;
  }

  /// Those of who is still a member; the others are let go.
  void restore_states(std::map<std::string, State> before) {
    for (auto& [name_of, kept] : before)
      if (const auto who = parse_session_id(name_of); who && find_member(*who))
        states_.insert_or_assign(*who, std::move(kept));
  }

 private:
  std::map<session_id, State> states_;
};

} // namespace troupe
