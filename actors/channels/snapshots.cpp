#include "actors/channels/snapshots.hpp"

#include <stdexcept>
#include <utility>

namespace troupe::actors {

// -- when ---------------------------------------------------------------------

bool snapshots::due() const {
  return touched_ && (!waiting_.empty() || !last_ ||
                      parts_.clock.steady() - *last_ >= parts_.settings.channels.snapshot_interval);
}

std::optional<snapshots::time_point> snapshots::next_deadline() const {
  if (!touched_ || !has_any_ || !last_)
    return std::nullopt;
  return *last_ + parts_.settings.channels.snapshot_interval;
}

// -- taking -------------------------------------------------------------------

save_result snapshots::take() {
  last_ = parts_.clock.steady();
  touched_ = false;
  auto then = std::exchange(waiting_, {});
  std::optional<payload> state;
  if (const auto wrong = object_.run("snapshot", [&](troupe::channel& object) { state = state_of(object); })) {
    failed(*wrong, then, false);
    return save_result::nothing;
  }
  if (too_large(state))
    failed({error_code::too_large, "a snapshot of " + std::to_string(state->size()) +
                                       " bytes is over limits.snapshot_bytes: the one before is kept"},
           std::exchange(then, {}), true);
  return keep(std::move(state), std::move(then));
}

save_result snapshots::save() {
  if (taking_)
    throw std::logic_error("save: the snapshot is being taken");
  if (object_.running()) {
    last_ = parts_.clock.steady();
    return keep(state_of(object_.object()), {});
  }
  auto became = save_result::nothing;
  turns_.run([&] { became = take(); });
  return became;
}

std::optional<payload> snapshots::state_of(troupe::channel& object) {
  struct taking {
    explicit taking(bool& f) : flag(f) { flag = true; }
    ~taking() { flag = false; }
    taking(const taking&) = delete;
    taking& operator=(const taking&) = delete;
    bool& flag;
  };
  const taking mark{taking_};
  return object.snapshot();
}

// -- keeping ------------------------------------------------------------------

bool snapshots::too_large(const std::optional<payload>& state) const {
  return state && state->size() > parts_.settings.limits.snapshot_bytes;
}

save_result snapshots::keep(std::optional<payload> state, waiters then) {
  has_any_ = state.has_value();
  if (!state) {
    failed({error_code::internal, "the channel gives no snapshot"}, then, false);
    return save_result::nothing;
  }
  if (too_large(state)) {
    parts_.events.announce(events::limit_passed{"limits.snapshot_bytes", parts_.name});
    return save_result::too_large;
  }
  ++under_way_;
  const auto answered = [this, then = std::move(then)](tl::expected<void, failure> kept) {
    --under_way_;
    if (!kept)
      return failed(kept.error(), then, true);
    for (const auto& told : then)
      told(std::nullopt);
  };
  partition_.save_snapshot(*std::move(state), turns_.callback(answered));
  return save_result::taken;
}

/// Whoever waited hears that nothing is kept; `tell`: the object and the log do, too.
void snapshots::failed(const failure& why, const waiters& then, bool tell) {
  for (const auto& told : then)
    told(failure{error_code::internal, "the channel could not keep its state"});
  if (!tell)
    return;
  parts_.events.announce(events::handler_failed{parts_.name, "snapshot", why.message});
  turns_.defer([this, why, which = object_.restarts()] { // changes no state by itself: no reason for another snapshot
    if (object_.alive() && object_.restarts() == which)
      object_.run("save failed", [&](troupe::channel& object) { object.on_save_failed(why); });
  });
}

} // namespace troupe::actors
