#pragma once

#include "actors/sessions/outlet_line.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

namespace troupe::actors {

class shard;

/// The outlets, and the actors that are clients, which one I/O thread serves.
///
/// Owner: the node's place of that thread; it outlives the shard's actor, and what waits here with it. Thread: `attach` and
/// `note` any; the rest the shard's, or once that has ended whoever ends the node.
class outlet_desk {
 public:
  // -- any thread -------------------------------------------------------------

  void attach(std::unique_ptr<desk_line> who);
  /// There is something to give.
  void note() noexcept { due_ = true; }

  // -- the shard --------------------------------------------------------------

  /// At the end of each turn. True: not all that could be given was.
  bool serve(shard& home);
  void shard_ends();

  /// The node ends: whoever waits for an answer is told `unavailable`.
  void end();

 private:
  void take_in();

  std::atomic<bool> due_{false};
  std::mutex mutex_;
  std::vector<std::unique_ptr<desk_line>> new_, lines_;
};

} // namespace troupe::actors
