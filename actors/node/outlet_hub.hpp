#pragma once

#include "actors/sessions/outlet_desk.hpp"

#include <troupe/handshake.hpp>

#include <caf/actor.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace troupe::actors {

/// The outlets of a node, whether it runs or not: each is served by one I/O thread while it does.
///
///     closed --open--> open --close--> refusing --end--> closed
///
/// Owner: the node, and whatever runs it. Thread: any.
class outlet_hub {
 public:
  using desks = std::vector<outlet_desk*>;

  /// One more, on the next thread in turn.
  [[nodiscard]] std::shared_ptr<outlet_queue> make();

  /// An actor that becomes a client, on the next thread in turn; says `stopped` if the node does not run.
  [[nodiscard]] std::shared_ptr<outlet_queue> make_client(const caf::actor& who, identity as);

  /// From now on outlets take what comes. `wake(i)`, on any thread, lets desk `i` be served soon.
  void open(desks all, outlet_queue::limits most, std::function<void(std::size_t)> wake, announcer& events);
  /// They take nothing more; what they have taken is still given to channels.
  void close();
  /// Nobody serves the desks any more: what waits is answered `unavailable`.
  void end();

 private:
  void open_one(const std::shared_ptr<outlet_queue>& one, std::unique_ptr<desk_line> line);
  void each(void (*what)(outlet_queue&)) const;

  std::mutex mutex_;
  std::vector<std::weak_ptr<outlet_queue>> all_, clients_;
  desks desks_; // empty: the node does not run
  bool open_ = false;
  outlet_queue::limits most_;
  std::function<void(std::size_t)> wake_;
  announcer* events_ = nullptr;
  std::size_t next_ = 0;
};

} // namespace troupe::actors
