#pragma once

#include "actors/node/node_process.hpp"

#include <troupe/node_error.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace troupe::actors {

/// When a node starts and stops, whoever asks for it, how often and from which threads.
///
///     idle --start--> starting --> running --stop--> stopping --> idle
///                         `--it throws--> idle
///
/// Who starts what is starting waits with who began it; so does who stops what is stopping. Stopping happens on a thread of
/// its own, so that whoever waits can give up at a deadline: what is stuck then is left behind with all that it needs.
/// Owner: troupe::node. Thread: any. Ends: destroyed, after `stop`.
class node_life {
 public:
  enum class phase : std::uint8_t { idle, starting, running, stopping };
  using maker = std::function<std::shared_ptr<node_process>()>;

  node_life();
  ~node_life();
  node_life(const node_life&) = delete;
  node_life& operator=(const node_life&) = delete;

  /// Nothing happens if it runs. Throws what `make`, or the process's start, throws.
  void start(const maker& make);

  /// Stops it and waits, at most for `deadline` (none: `drain.deadline`). Throws std::logic_error on a thread of the node,
  /// which would wait for itself.
  stop_result stop(std::optional<std::chrono::milliseconds> deadline);

  /// Begins to stop it. Nothing happens if it does not run; what is starting stops once it has.
  void request_stop();

  [[nodiscard]] phase now() const;
  /// Null: it neither runs nor stops.
  [[nodiscard]] std::shared_ptr<node_process> process() const;

 private:
  struct shared;
  void begin_to_stop(std::chrono::milliseconds patience);

  const std::shared_ptr<shared> shared_; // with the thread that stops
};

} // namespace troupe::actors
