#pragma once

#include <caf/actor_clock.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/error.hpp>
#include <caf/local_actor.hpp>
#include <caf/typed_actor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace troupe {

// -- errors -------------------------------------------------------------------

/// Why a request to a supervisor failed, or why one ended.
enum class supervision_error : std::uint8_t {
  duplicate_name = 1, ///< a child of this name is alive
  unknown_child,      ///< no child of this name
  not_running,        ///< the child waits for its restart or is being stopped; ask again
  start_failed,       ///< the factory threw or returned nothing; the text says why
  too_many_restarts,  ///< why a supervisor, or a child that is given up, ended
  stuck,              ///< a child that ended neither by its deadline nor by being killed; it was left behind
  stopping,           ///< the supervisor is being stopped
};

[[nodiscard]] std::string_view to_string(supervision_error e) noexcept;
[[nodiscard]] caf::error make_error(supervision_error e);
[[nodiscard]] caf::error make_error(supervision_error e, std::string text);

// -- settings -----------------------------------------------------------------

/// Who restarts when a child fails.
enum class supervision_strategy : std::uint8_t {
  one_for_one,  ///< the failed child restarts alone
  one_for_all,  ///< all restart
  rest_for_one, ///< the failed one and those started after it restart
};

/// When a child is started again. Normal is an end with no reason, `exit_reason::normal` or `user_shutdown`.
enum class restart_policy : std::uint8_t {
  permanent, ///< whenever it ends
  transient, ///< when its end was not normal
  temporary, ///< never
};

/// More than `restarts_max` restarts within this time are too many.
struct restart_limit {
  std::size_t restarts_max = 5;
  std::chrono::milliseconds within{10'000};
};

/// The pause before a restart: `first`, then times `factor` with each failure in a row, up to `longest`; each
/// spread evenly over plus and minus `jitter` of it. A child that ran for `calm` begins anew.
struct restart_pause {
  std::chrono::milliseconds first{100};
  std::chrono::milliseconds longest{10'000};
  double factor = 2.0;
  double jitter = 0.2;
  std::chrono::milliseconds calm{10'000};
};

/// What too many restarts lead to.
enum class restart_verdict : std::uint8_t {
  escalate, ///< restarts are counted for all children together; the supervisor stops them and ends with an error
  give_up,  ///< counted for each child; it alone is left `failed` (one_for_one only: other strategies escalate)
};

// -- children -----------------------------------------------------------------

/// Starts a child. May throw: that is a failed start. Runs within the supervisor, so it must not wait. A child counts
/// as started when its factory returns; what it does in `make_behavior` comes later.
using child_factory = std::function<caf::strong_actor_ptr(caf::local_actor& parent)>;

/// What a supervisor knows of a child before it lives. A value.
struct child_spec {
  std::string name; ///< unique among the children that are alive
  child_factory start;
  restart_policy restart = restart_policy::permanent;
  /// How long the child may take to end when asked to; then it is killed. Zero: killed at once.
  std::chrono::milliseconds shutdown_deadline{5'000};
};

/// A spec from a callable that returns any kind of actor handle.
template <class F>
[[nodiscard]] child_spec child(std::string name, F start, restart_policy restart = restart_policy::permanent,
                               std::chrono::milliseconds shutdown_deadline = std::chrono::seconds{5}) {
  auto factory = [start = std::move(start)](caf::local_actor& parent) {
    return caf::actor_cast<caf::strong_actor_ptr>(start(parent));
  };
  return {std::move(name), std::move(factory), restart, shutdown_deadline};
}

/// Where a child is between its start and its end for good.
enum class child_state : std::uint8_t { running, backing_off, stopping, stopped, failed };

[[nodiscard]] std::string_view to_string(child_state s) noexcept;

/// A child as it was when somebody asked.
struct child_info {
  std::string name;
  child_state state = child_state::running;
  std::size_t restarts = 0;              ///< since it was first started
  caf::actor_clock::time_point since{};  ///< when it entered this state
  caf::strong_actor_ptr actor;           ///< null unless running or stopping
  caf::error reason;                     ///< of its last end
};

// -- what a supervisor answers ------------------------------------------------

/// → `child_handle`, or duplicate_name, start_failed (then it is not a child), stopping. While a group restarts the
/// answer waits for it, since the child starts last.
struct start_child {
  child_spec spec;
};
/// The answer to `start_child`: it runs.
struct child_handle {
  std::string name;
  caf::strong_actor_ptr actor;
};

/// → `child_stopped` once it has ended (by itself, killed, or left behind as `stuck`), or unknown_child. It is not
/// restarted.
struct stop_child {
  std::string name;
};
/// The answer to `stop_child`: why it ended.
struct child_stopped {
  std::string name;
  caf::error reason;
};

/// → nothing once the child has been killed as if it had failed, or unknown_child, not_running.
struct crash_child {
  std::string name;
};

/// → the child's handle as of now, or unknown_child, not_running.
struct find_child {
  std::string name;
};

/// → `child_list`: the living in the order of their start, then the last `ended_listed_max` that ended for good.
struct list_children {};
/// The answer to `list_children`.
struct child_list {
  std::vector<child_info> children;
  supervision_strategy strategy = supervision_strategy::one_for_one;
  std::uint64_t seed = 0; ///< of the jitter
};

/// From now on `listener`, an actor of any kind, gets each event as a message of its own. Until it ends.
struct listen_to_children {
  caf::strong_actor_ptr listener;
};

// -- what a supervisor tells --------------------------------------------------

/// A child runs, for the first time or again.
struct child_started {
  std::string name;
  caf::strong_actor_ptr actor;
};
/// The child ended, for whatever reason, asked or not, or could not be started (start_failed).
struct child_down {
  std::string name;
  caf::error reason;
};
/// The child will be started again after `delay`.
struct child_restarting {
  std::string name;
  std::chrono::milliseconds delay{0};
};
/// The child failed and will not be started again, or it was left behind (stuck).
struct child_failed {
  std::string name;
  caf::error reason;
};
/// All that a supervisor tells of its children.
using supervision_event = std::variant<child_started, child_down, child_restarting, child_failed>;

} // namespace troupe

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::start_child)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::child_handle)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::stop_child)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::child_stopped)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::crash_child)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::find_child)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::list_children)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::child_list)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::listen_to_children)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::child_started)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::child_down)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::child_restarting)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::child_failed)

namespace troupe {

// -- the supervisor -----------------------------------------------------------

/// A supervisor keeps actors running: it starts its children, hears when one ends, and starts it again.
///
/// It is what OTP's supervisor is to Erlang, for any CAF actor, yours included. Children are described by specs;
/// a child that fails is started anew after a pause that grows (exponential backoff with jitter); children that
/// depend on each other restart together (strategy); one that keeps failing makes the supervisor give up and end
/// with an error, so that its own supervisor acts (escalation). Callers never keep a child's handle over a restart:
/// they ask for it by name.
///
///     troupe::supervisor_settings settings;
///     settings.strategy = troupe::supervision_strategy::rest_for_one;
///     auto top = troupe::spawn_supervisor(system, settings, {
///       troupe::child("prices", [](caf::local_actor& parent) { return parent.spawn<price_feed>(); }),
///       troupe::child("alerts", [](caf::local_actor& parent) { return parent.spawn<alerts>(); }),
///     });
///     self->request(top, caf::infinite, troupe::find_child{"prices"})
///       .then([=](const caf::strong_actor_ptr& prices) { … }, [=](caf::error&) { /* not running just now */ });
///     caf::anon_send_exit(top, caf::exit_reason::user_shutdown); // stops alerts, then prices, then itself
///
/// Owner: itself; it lives until told to exit, and the actor system waits for it. Its children live as long as it.
/// Thread: an ordinary scheduled actor; factories, callbacks and timers run within its handlers.
/// Ends: by an exit message (children are stopped first, last started first; then it ends with that reason), with
/// `supervision_error::too_many_restarts`, or at once, taking its children along, when killed.
/// Time: CAF's actor clock, so tests step it. Messages are local to the process.
using supervisor = caf::typed_actor<
  caf::replies_to<start_child>::with<child_handle>,
  caf::replies_to<stop_child>::with<child_stopped>,
  caf::replies_to<crash_child>::with<void>,
  caf::replies_to<find_child>::with<caf::strong_actor_ptr>,
  caf::replies_to<list_children>::with<child_list>,
  caf::reacts_to<listen_to_children>>;

/// How a supervisor treats its children. A value.
struct supervisor_settings {
  supervision_strategy strategy = supervision_strategy::one_for_one;
  restart_limit limit;
  restart_verdict beyond_limit = restart_verdict::escalate;
  restart_pause pause;
  std::size_t stops_at_once = 1;            ///< children stopped at the same time when the supervisor ends
  std::chrono::milliseconds kill_grace{1'000}; ///< how long a killed child may take before it is left behind
  std::size_t ended_listed_max = 64;
  std::uint64_t seed = 0;                   ///< of the jitter; 0: drawn by the supervisor
  std::function<void(const supervision_event&)> on_event; ///< within the supervisor's handlers; must not throw
};

/// Starts a supervisor and, in this order, its children. Throws std::invalid_argument if a name is taken twice.
[[nodiscard]] supervisor spawn_supervisor(caf::actor_system& system, supervisor_settings settings = {},
                                          std::vector<child_spec> children = {});
[[nodiscard]] supervisor spawn_supervisor(caf::local_actor& parent, supervisor_settings settings = {},
                                          std::vector<child_spec> children = {});

/// A supervisor as the child of another.
[[nodiscard]] child_spec supervisor_child(std::string name, supervisor_settings settings = {},
                                          std::vector<child_spec> children = {},
                                          std::chrono::milliseconds shutdown_deadline = std::chrono::seconds{30});

} // namespace troupe
