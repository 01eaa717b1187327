#pragma once
/// Commands that wait to be sent or answered, in the order in which they were given. Bounds: `limits.queue` of them
/// wait to be sent (beyond: `queue_full`), `limits.in_flight` to be answered. Each is settled once: by its answer, by
/// its timeout, or, once the connection was lost, as `sent` (it may have been carried out) unless it can be sent again
/// without harm.

#include "clients/cpp/core/clock.hpp"
#include "clients/cpp/core/node_message.hpp"

#include <troupe/client_options.hpp>

#include <map>

namespace troupe::clients {

/// Whether a command may go now.
enum class passage : std::uint8_t {
  open,
  shut, ///< not yet: the channel is not joined, the connection not greeted
  gone, ///< never: the channel was left
};

class command_queue {
 public:
  struct submission {
    std::function<passage()> gate;
    milliseconds timeout{0}; ///< after which it is given up, from now on; 0: never
    bool handshake = false;  ///< belongs to this connection: goes at once, and fails with it
  };

  /// `send` says false where there is no connection.
  command_queue(clock& time, const client_limits& limits, std::function<bool(const command&)> send)
      : clock_(time), queue_max_(limits.queue), in_flight_max_(limits.in_flight), send_(std::move(send)) {}

  /// An id that was never used; for commands that are sent by others, settled with `expect`.
  [[nodiscard]] command_id new_id() noexcept { return next_id_++; }

  /// Waits for the answer to what another sends with this id, on this connection.
  void expect(command_id id, result_handler then);

  void submit(command what, submission how, result_handler then);

  /// Sends what may go.
  void flush();

  /// An answer has come; false: nobody waits for it.
  bool settle(const node_message& answer);

  /// The connection has gone.
  void lost();

  /// There is a session again; `same`: as the node sees it, it is the same session, or the same user.
  void renewed(bool same);

  /// Gives up what was meant for a channel and has not been sent; or everything, without a channel.
  void drop(const client_error& why, const std::string* channel = nullptr);

 private:
  struct entry {
    command what;
    submission how;
    result_handler then;
    bool sent = false;
    timer_ptr timeout{};
  };

  [[nodiscard]] bool may_go(const submission& how) const;
  [[nodiscard]] std::size_t count(bool sent) const;
  [[nodiscard]] std::vector<command_id> ids() const;
  entry& enter(command what, submission how, result_handler then);
  void settle(command_id id, result how);

  clock& clock_;
  const std::size_t queue_max_, in_flight_max_;
  const std::function<bool(const command&)> send_;
  std::map<command_id, entry> entries_; // ids rise: in the order in which they were given
  command_id next_id_ = 1;
};

} // namespace troupe::clients
