#pragma once
/// Our place in a channel: joined or not, and up to where everything was told. What is told has rising offsets, each
/// once.
///
///     out ──join──► joining ──subscribed──► in ──connection lost──► out
///                      │ refused             │ kicked, left
///                      └────────► ended ◄────┘        a passing reason: out, and joins again after a pause
///
/// Owner: the session, and whoever tells the application. Thread: the session's.

#include "clients/cpp/core/backoff.hpp"
#include "clients/cpp/core/node_message.hpp"

#include <troupe/client_channel.hpp>
#include <troupe/client_options.hpp>

#include <vector>

namespace troupe::clients {

/// Who hears what a channel is to us.
class membership_listener {
 public:
  virtual ~membership_listener() = default;
  virtual void subscribed(client_joined how, position at) = 0;
  virtual void gap(std::optional<std::uint64_t> missed, position at) = 0;
  virtual void said(client_message what) = 0;
  virtual void presence(const node_message& change) = 0;
  virtual void asked(const node_message& question) = 0;
  virtual void refused(client_error why) = 0;
  virtual void unsubscribed(std::string reason, bool again) = 0;
  virtual void ended(client_error why) = 0; ///< the last
};

/// What a membership needs of its session.
class membership_home {
 public:
  virtual ~membership_home() = default;

  /// Sends a command on this connection; fails with its error, or as `disconnected`.
  virtual void ask(command what, result_handler then) = 0;
  virtual void entered() = 0;                        ///< in: what waits may go
  virtual void left(const std::string& channel) = 0; ///< the node is to know that we have left
  virtual void ended(const std::string& channel, const client_error& why) = 0;
};

class membership : public std::enable_shared_from_this<membership> {
 public:
  struct environment {
    clock& time;
    membership_home& home;
    const client_limits& limits;
    const client_times& times;
  };

  membership(std::string name, client_wishes wishes, environment around, std::shared_ptr<membership_listener> to);

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] bool is_in() const noexcept { return phase_ == phase::in; }
  [[nodiscard]] bool has_ended() const noexcept { return phase_ == phase::ended; }
  [[nodiscard]] const std::optional<position>& where() const noexcept { return position_; }

  /// The position that a join asks for.
  [[nodiscard]] std::optional<position> since() const;

  // -- joining ----------------------------------------------------------------

  void join();

  /// Begins anew, as one who has not been here.
  void rejoin();

  // -- what the node says -----------------------------------------------------

  void heard(node_message message);

  // -- the connection, and the end --------------------------------------------

  /// The connection was lost: whoever gets a new one joins again.
  void cut_off();

  /// The session has gone, and what we were in with it.
  void forget() noexcept { was_in_ = false; }

  /// The session goes on, and we are still in, if we were.
  void go_on();

  void leave();
  void end(const client_error& why);

 private:
  enum class phase : std::uint8_t { out, joining, in, ended };

  void joined(const node_message& answer);
  void refused(const client_error& why);
  void join_later(milliseconds retry_after);
  void join_again();
  void hold(node_message message);
  void tell(const node_message& message);
  void missed(const node_message& gap);
  void put_out(const std::string& reason);

  const std::string name_;
  const client_wishes wishes_;
  const environment around_;
  const std::shared_ptr<membership_listener> to_;
  backoff backoff_;
  phase phase_ = phase::out;
  std::optional<position> position_;
  std::vector<node_message> held_;
  milliseconds joined_at_{0};
  timer_ptr timer_;
  std::uint64_t attempt_ = 0;
  bool first_ = true;
  bool was_in_ = false; // when the connection was lost
};

} // namespace troupe::clients
