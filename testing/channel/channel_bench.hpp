#pragma once

#include "testing/channel/listener.hpp"
#include "testing/channel/stepped_channel.hpp"

#include <troupe/testing/channel_tester.hpp>

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace troupe::testing {

/// The channel behind a channel_tester, its clients, and what a node does around a channel: finds its settings, starts it on
/// use, stops it when nobody needs it, and gives up on clients that stay away.
/// Owner: the tester and its handles. Thread: the test's.
class channel_bench final : private listener_host {
 public:
  using body = decltype(actors::channel_command::body);

  channel_bench(std::string name, channel_tester::channel_factory make, const node_settings& said,
                const channel_options& options);
  ~channel_bench();
  channel_bench(const channel_bench&) = delete;
  channel_bench& operator=(const channel_bench&) = delete;

  // -- clients ----------------------------------------------------------------

  [[nodiscard]] session_id add_client(client_details who);
  [[nodiscard]] listener& client(session_id id);
  answer join(session_id who, payload params, std::optional<position> since);
  /// A command of a client that is connected, or of the API.
  answer command(session_id who, const std::string& called, body what);
  answer api(const std::string& called, body what);
  void at_once(const std::function<void()>& what);
  void kick(session_id who);
  void drop(session_id who);
  void come_back(session_id who);
  void lose(session_id who);

  // -- time, and what goes wrong ----------------------------------------------

  void pass(std::chrono::milliseconds time);
  void crash(const std::string& reason);
  void kill_actor();
  void stop(const std::string& reason);
  /// Throws unmet if the store keeps it from its end.
  void stop_whole(const std::string& reason);
  void start();
  void keep_snapshot(payload state);
  void hold_store();
  void answer_store(std::size_t count);
  void let_store_go();

  // -- knowing ----------------------------------------------------------------

  [[nodiscard]] const std::vector<heard_message>& said() const noexcept { return said_; }
  [[nodiscard]] bool lives() const;
  [[nodiscard]] channel& object() const;
  [[nodiscard]] std::vector<member> members();
  [[nodiscard]] std::vector<publication_ptr> history();
  [[nodiscard]] std::optional<payload> snapshot();
  [[nodiscard]] const std::vector<std::string>& failures();
  [[nodiscard]] const std::vector<std::string>& limits_passed();
  [[nodiscard]] actors::testing::stepped_channel& inside() noexcept { return channel_; }
  [[nodiscard]] const actors::testing::stepped_channel& inside() const noexcept { return channel_; }

 private:
  using time_point = std::chrono::steady_clock::time_point;
  struct noting_channel final : actors::testing::stepped_channel {
    using stepped_channel::stepped_channel;
    using stepped_channel::events_;
  };

  // -- listener_host ----------------------------------------------------------

  void settle(const protocol::request_id& id, std::variant<std::monostate, payload, failure> result) override;
  void read_on(session_id who, offset_t since) override;

  answer send(session_id who, const std::string& called, body what, bool trusted = false);
  void send_unasked(session_id who, body what);
  void pass_on(actors::channel_command what);
  void end_all_but(const std::vector<listener*>& joining);
  void run();
  bool take_effects();
  void take(actors::effect& one);
  void note(const publication& what);
  void note_events();
  void end_if_over();
  [[nodiscard]] bool needed() const;
  void look_at_need();
  [[nodiscard]] time_point next_moment(time_point end) const;
  [[nodiscard]] time_point lost_at(const listener& one) const;
  void lose_who_stayed_away();
  template <class F>
  void with_partition(F&& what);

  channel* object_ = nullptr;
  noting_channel channel_;
  bool on_disk_ = false, held_ = false;
  std::map<session_id, listener> clients_;
  std::uint64_t last_client_ = 0;
  std::int64_t last_request_ = 0;
  struct asked {
    session_id by; // the API: of no client
    std::shared_ptr<answer_state> state;
    std::size_t failures_before; ///< those that stood there already are none of its doing
  };
  std::map<std::int64_t, asked> open_; // by the number of the request
  std::vector<heard_message> said_;
  std::vector<publication> kept_; ///< in the store, and not said to anybody yet
  std::string epoch_;
  offset_t said_up_to_ = 0;
  std::size_t events_read_ = 0;
  std::vector<std::string> failures_, limits_;
  std::optional<time_point> idle_since_;
  bool collecting_ = false; ///< commands of one turn
  std::vector<actors::channel_command> collected_;
};

} // namespace troupe::testing
