#pragma once
/// Notices that a connection is dead. Who runs late proves nothing: after a sleep the answer may be there, unread; so a
/// deadline that was itself late asks again instead of giving up. Nor does silence while we do not read.

#include "clients/cpp/core/clock.hpp"

namespace troupe::clients {

/// How a connection shows that it lives.
struct pulse {
  milliseconds quiet{25'000}; ///< silence up to this is normal
  bool asks = true;           ///< a `ping` is answered where we listen
};

class heartbeat {
 public:
  struct hooks {
    std::function<void()> ask;     ///< sends a ping
    std::function<void()> dead;    ///< ends the connection
    std::function<bool()> reading; ///< false: what comes is left unread for now
  };

  heartbeat(clock& time, milliseconds patience, hooks to) : clock_(time), patience_(patience), to_(std::move(to)) {}

  void start(pulse p);
  void heard();
  void stop() noexcept { timer_.reset(); }

  /// There is reason for doubt: the machine slept, or the network has changed.
  void doubt();

 private:
  [[nodiscard]] milliseconds silence() const;
  void listen();
  void question(milliseconds patience);
  void give_up(milliseconds patience, bool late);

  /// `then` hears whether it runs late itself.
  void wait(milliseconds pause, std::function<void(bool late)> then);

  clock& clock_;
  const milliseconds patience_;
  const hooks to_;
  pulse pulse_;
  timer_ptr timer_;
  milliseconds heard_at_{0};
  bool answered_ = false;
};

} // namespace troupe::clients
