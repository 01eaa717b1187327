#pragma once

#include "actors/messages/events.hpp"
#include "protocol/messages.hpp"

#include <troupe/outlet.hpp>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace troupe {

/// What threads of the application have handed to one outlet, on its way to the I/O thread that gives it to channels.
///
///     closed --open--> open --close--> closing --end--> closed
///
/// Owner: the outlet's copies and the desk. Thread: any. Bounded by the limits that it is opened with: what was taken from
/// here counts until it is `released`.
class outlet::queue {
 public:
  /// To one member of a channel.
  struct pushed {
    std::string channel;
    session_id to;
    std::string event;
    payload data;
  };
  /// A session is to end.
  struct ended {
    session_id who;
    std::string reason;
  };
  struct item {
    /// A command is of an actor that is a client; `ended` of nobody: it closes.
    std::variant<protocol::publish, protocol::call, pushed, ended, protocol::command> what;
    callback then;
    std::size_t bytes = 0;
  };
  struct limits {
    std::size_t items = 0;
    std::size_t bytes = 0;
  };

  // -- the application --------------------------------------------------------

  handed offer(item what);
  bool wait_for_room(std::chrono::milliseconds most);
  [[nodiscard]] std::size_t waiting() const;

  // -- the node ---------------------------------------------------------------

  /// From now on it takes what comes. `wake`, on any thread, when there is something after there was nothing; it may not
  /// come back here.
  void open(limits most, std::function<void()> wake, actors::announcer& events);
  /// It takes nothing more; its desk still serves what it has taken, and is woken.
  void close();
  /// There is no desk any more.
  void end();

  /// Wakes its desk, if there is one.
  void nudge();

  // -- the desk ---------------------------------------------------------------

  /// All that has come since the last time, into an empty vector, whose memory it uses in turn.
  void take(std::vector<item>& into);
  /// A channel has taken these, or they have failed.
  void release(std::size_t items, std::size_t bytes);

 private:
  [[nodiscard]] bool fits(std::size_t bytes) const noexcept {
    return items_ < most_.items && (bytes_ + bytes <= most_.bytes || items_ == 0);
  }

  mutable std::mutex mutex_;
  std::condition_variable room_;
  std::vector<item> incoming_;
  std::size_t items_ = 0, bytes_ = 0; // with those that were taken and are not released
  limits most_;
  bool open_ = false;
  std::function<void()> wake_; // empty: nobody serves it
  actors::announcer* events_ = nullptr;
  bool said_full_ = false;
  std::size_t wanted_ = 0; // of what did not fit last, since something has
  std::size_t waiters_ = 0;
};

} // namespace troupe

namespace troupe::actors {

using outlet_queue = outlet::queue;

/// The channel that it is for; empty: none.
[[nodiscard]] const std::string& channel_of(const outlet_queue::item& what);

} // namespace troupe::actors
