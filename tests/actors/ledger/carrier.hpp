#pragma once

#include "testing/node/clients.hpp"
#include "tests/ledger/traveller.hpp"

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace troupe::actors::testing {

/// Moves what a traveller says and hears through the virtual node. What it has not read when it lets go is lost on its
/// way, as bytes in a kernel are.
///
/// Owner: a schedule. Ends: with it; the node then sees its connection break.
class carrier {
 public:
  carrier(virtual_node& node, ledger::traveller& who) : node_(node), who_(who) {}

  // -- connections ------------------------------------------------------------

  /// Comes over a new connection that lands on that shard. One that still stands is not closed by this.
  void come(ledger::way over, std::uint32_t lands_on, ledger::seen::chance expected);
  /// Its connection breaks, and the node sees it.
  void cut();
  /// It says that it will not come back, if its transport can say so.
  bool say_goodbye();
  /// The answer that its poll waits for will be lost on its way.
  void lose_answer();
  /// A poll that it made earlier arrives once more, or only now; nobody hears the answer.
  void poll_late(std::uint32_t which);
  void stop_reading();
  void read_again();

  // -- bytes ------------------------------------------------------------------

  /// Sends what the traveller has to say.
  void speak();
  /// Hands it at most so many messages (answers, if it polls) of what has arrived, and speaks. How many there were.
  std::size_t read(std::size_t most);

  [[nodiscard]] bool open() const;
  /// The node left the connection before this one open, though it knows that its client came over this one.
  [[nodiscard]] bool is_doubled() const;

 private:
  std::shared_ptr<test_exchange> ask(transports::http_request what, std::uint32_t lands_on);
  void poll(const std::string& target);
  void poll_on();
  std::size_t read_frames(std::size_t most);
  std::size_t read_events(std::size_t most);
  std::size_t read_answers(std::size_t most);
  void take_posted();

  virtual_node& node_;
  ledger::traveller& who_;
  std::uint32_t lands_on_ = 0;
  std::shared_ptr<test_exchange> exchange_; // of the upgrade, the stream or the poll
  std::shared_ptr<test_connection> line_, old_;
  std::string old_session_; // of the old one; empty: it never came to stand
  std::size_t read_ = 0; // of what has arrived on the line
  std::vector<std::pair<std::uint64_t, std::shared_ptr<test_exchange>>> posted_;
  std::deque<std::string> polled_; // with a cursor: the last few
  std::vector<std::shared_ptr<test_exchange>> late_;
};

} // namespace troupe::actors::testing
