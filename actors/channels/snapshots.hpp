#pragma once

#include "actors/channels/object_guard.hpp"
#include "actors/channels/turns.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace troupe::actors {

/// The object's state on its way to the store: when it is due, who waits for it, and what becomes of it.
///
/// Asked for at the end of a turn: at once if an answer waits for it, else at most once per
/// `channels.snapshot_interval` after the object's code ran. Owner: the channel_runtime. Thread: the channel's.
class snapshots {
 public:
  using time_point = channel_clock::steady_time;
  /// Nothing: the state is kept.
  using waiter = std::function<void(const std::optional<failure>&)>;

  snapshots(const channel_parts& parts, object_guard& object, partition& to, turns& when)
      : parts_(parts), object_(object), partition_(to), turns_(when) {}

  /// The object's code has run: its state may be another.
  void touched() noexcept { touched_ = true; }
  /// Called once, when the state of this turn is kept or cannot be.
  void wait(waiter then) { waiting_.push_back(std::move(then)), touched_ = true; }

  [[nodiscard]] bool due() const;
  save_result take();
  /// Asked for by the object: its hook is called as it is within its own code, so that what it throws goes where its
  /// handler's does; what the handler does afterwards is saved in its time.
  save_result save();

  [[nodiscard]] std::optional<time_point> next_deadline() const;
  /// The store has answered for all.
  [[nodiscard]] bool idle() const noexcept { return under_way_ == 0; }

 private:
  using waiters = std::vector<waiter>;
  [[nodiscard]] std::optional<payload> state_of(troupe::channel& object);
  [[nodiscard]] bool too_large(const std::optional<payload>& state) const;
  save_result keep(std::optional<payload> state, waiters then);
  void failed(const failure& why, const waiters& then, bool tell);

  const channel_parts& parts_;
  object_guard& object_;
  partition& partition_;
  turns& turns_;
  waiters waiting_;             // for the snapshot at the end of the turn
  std::size_t under_way_ = 0;   // that the store has not answered
  bool touched_ = false;        // since the last one
  bool has_any_ = false;        // the object gives some
  bool taking_ = false;         // its hook is on the stack
  std::optional<time_point> last_;
};

} // namespace troupe::actors
