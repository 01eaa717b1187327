#pragma once

#include "tests/ledger/tcp_line.hpp"
#include "tests/ledger/truth.hpp"
#include "tests/ledger/wire_reader.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace troupe::ledger {

/// Publishes numbers in one channel by the API, over a connection of its own that nothing happens to, and writes down
/// what was acknowledged.
///
/// Owner: the storm. Thread: the loop's.
class crier {
 public:
  crier(boost::asio::io_context& loop, std::uint16_t port, std::string key, std::string channel, std::uint32_t seed,
        std::chrono::milliseconds pause_max, truth& into);

  void start();
  /// No more; what is under way is still written down.
  void stop() noexcept { stopped_ = true; }
  /// It has stopped, and all it said was answered.
  [[nodiscard]] bool silent() const noexcept { return stopped_ && !waits_; }
  /// The node answered something else than that it is kept; empty: it did not.
  [[nodiscard]] const std::string& failed() const noexcept { return failed_; }

 private:
  void publish();
  void on_bytes(std::string_view bytes);

  const std::uint16_t port_;
  const std::string key_, channel_;
  std::mt19937 dice_;
  const std::chrono::milliseconds pause_max_;
  truth& truth_;
  std::shared_ptr<tcp_line> line_;
  wire_reader reader_{wire_reader::kind::answers};
  boost::asio::steady_timer next_;
  std::uint64_t said_ = 0;
  std::string said_text_, failed_;
  bool stopped_ = false, waits_ = false;
};

} // namespace troupe::ledger
