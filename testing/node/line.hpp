#pragma once

#include "testing/node/sockets.hpp"

#include <troupe/testing/wire.hpp>

#include <nlohmann/json.hpp>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace troupe::actors::testing {

using troupe::testing::wire;

/// One connection of a client to a virtual node: what it says, and what has arrived, whatever the wire. What was not read
/// when it is cut is lost on its way, as bytes in a kernel are.
/// Owner: a caller. Thread: the test's. Ends: cut.
class line {
 public:
  using headers = std::vector<std::pair<std::string, std::string>>;

  /// `target`: `/ws`, `/events?…` or `/poll?…`; `lands_on`: the shard that accepts it.
  line(virtual_node& node, wire over, std::string target, headers shown, std::uint32_t lands_on);
  ~line() { cut(); }
  line(const line&) = delete;
  line& operator=(const line&) = delete;

  // -- saying -----------------------------------------------------------------

  /// `token`: of the session, for what goes by POST.
  void say(nlohmann::json what, const std::string& token);

  // -- hearing ----------------------------------------------------------------

  /// One message, and whether it came as the answer to a POST, which no session counts.
  struct message {
    nlohmann::json what;
    bool posted = false;
  };
  /// The next that has arrived. The first answer of a poll begins with a `connected`, as a stream does.
  [[nodiscard]] std::optional<message> read();
  void stop_reading();
  void read_again();

  // -- its end ----------------------------------------------------------------

  /// Both ends see that it broke.
  void cut();
  /// A close frame, where there are any.
  void say_goodbye();

  [[nodiscard]] wire over() const noexcept { return over_; }
  [[nodiscard]] bool open() const;
  [[nodiscard]] unsigned refused() const;
  [[nodiscard]] unsigned close_code() const;

 private:
  [[nodiscard]] std::shared_ptr<test_exchange> ask(transports::http_request what);
  void poll(const std::string& target);
  /// Of a WebSocket or a stream; null: it has not been accepted.
  [[nodiscard]] test_connection* socket() const;
  [[nodiscard]] std::optional<message> next_polled();
  [[nodiscard]] std::optional<message> next_posted();

  virtual_node& node_;
  const wire over_;
  const headers shown_;
  const std::uint32_t lands_on_;
  std::shared_ptr<test_exchange> exchange_; // of the upgrade, the stream or the poll
  std::size_t read_ = 0;                    // of what has arrived
  bool reads_ = true, polled_ = false;
  std::deque<message> polls_;
  std::deque<std::pair<nlohmann::json, std::shared_ptr<test_exchange>>> posted_; // id of each
};

} // namespace troupe::actors::testing
