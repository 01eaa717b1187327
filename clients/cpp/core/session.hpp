#pragma once
/// What outlives a connection: who we are to the node, the channels we are in, the commands that wait. Each connection
/// is greeted in the same way: resume, or begin anew; authenticate; join what is not joined; send what waits.
///
/// A pure state machine: no socket, no clock of its own, no thread. Owner: the client's loop, or a test. Thread: one,
/// that of its clock and transports; it calls its listeners on it.

#include "clients/cpp/core/command_queue.hpp"
#include "clients/cpp/core/connector.hpp"
#include "clients/cpp/core/membership.hpp"

#include <set>

namespace troupe::clients {

/// What `client_options` come to.
struct session_settings {
  std::string token{};
  client_limits limits{};
  client_times times{};
  bool has_token_source = false; ///< `token_needed` is asked anew for each connection
};

/// Who hears what a session goes through.
class session_listener {
 public:
  virtual ~session_listener() = default;
  virtual void changed(const client_status& now, const std::string& session) = 0;
  virtual void failed(const client_error& why) = 0; ///< an error that answers no command
  virtual void resumed(bool all_kept) = 0;

  /// A token is needed; answered by `then`, later, on the session's thread: the token, or why there is none.
  virtual void token_needed(std::function<void(tl::expected<std::string, std::string>)> then) = 0;

  /// False: what comes is left unread for now.
  [[nodiscard]] virtual bool is_reading() const = 0;
};

class session final : private connector_owner, private membership_home {
 public:
  session(clock& time, std::vector<std::unique_ptr<transport>> transports, session_settings settings,
          session_listener& to);

  void start() { connector_.start(); }
  void close(const std::string& reason);
  void network_changed() { connector_.network_changed(); }
  [[nodiscard]] const client_status& status() const noexcept { return connector_.status(); }

  // -- channels ---------------------------------------------------------------

  /// The membership of this name, or nothing.
  [[nodiscard]] std::shared_ptr<membership> find(const std::string& channel) const;

  /// Joins, now or as soon as there is a connection. Who had the name before has left.
  std::shared_ptr<membership> add(std::string channel, client_wishes wishes, std::shared_ptr<membership_listener> to);

  // -- commands ---------------------------------------------------------------

  /// Sends once we are in (without a membership: once we are greeted).
  void request(command what, client_call how, const std::shared_ptr<membership>& in, result_handler then);
  void authenticate(const std::string& token, result_handler then);

  /// Asks on this connection, and on no other; fails as `disconnected` where there is none.
  void ask(command what, result_handler then) override;

 private:
  struct identity {
    std::string id{};
    std::string token{};
    std::uint64_t received = 0; ///< of the node's messages since `welcome`, all but `resumed`
    std::uint64_t attempts = 0; ///< to come back
  };

  // connector_owner
  opening opening_for(bool probe) override;
  void greet(const node_message& welcome) override;
  void heard(node_message message, bool counts) override;
  void ping() override;
  bool lost(const ending& how, bool was_welcomed) override;
  void changed(const client_status& now) override;
  bool is_reading() const override { return listener_.is_reading(); }

  // membership_home
  void entered() override { queue_.flush(); }
  void left(const std::string& channel) override;
  void ended(const std::string& channel, const client_error& why) override;

  // Greeting (session_greeting.cpp).
  [[nodiscard]] resumption resume();
  void begin(bool goes_on);
  void become(std::optional<identity> who);
  void go_on(const node_message& resumed);
  void show_token(bool goes_on);
  void authenticate(const tl::expected<std::string, std::string>& token, bool goes_on);
  void token_refused(const client_error& why);
  void greeted(bool goes_on, bool is_user);

  void send_now(const command& what, bool may_go, const result_handler& then);
  [[nodiscard]] std::string new_key();
  [[nodiscard]] std::vector<std::shared_ptr<membership>> all() const;
  [[nodiscard]] client_error closed() const { return {"closed", status().reason}; }

  clock& clock_;
  session_settings settings_;
  session_listener& listener_;
  command_queue queue_;
  std::map<std::string, std::shared_ptr<membership>> memberships_;
  std::optional<identity> identity_;
  std::optional<identity> fresh_; // of a connection that asks for the session before
  std::set<std::string> leaving_; // channels that were left while nobody could be told
  const std::string key_prefix_;
  std::uint64_t keys_ = 0;
  std::uint64_t turn_ = 0;  // of connections
  unsigned rejections_ = 0; // of our token, in a row
  bool resuming_ = false;
  bool greeted_ = false;
  bool is_user_ = false; // the node knows our user
  connector connector_;  // the last: what it tells as it goes is heard
};

} // namespace troupe::clients
