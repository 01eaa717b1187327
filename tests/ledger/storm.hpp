#pragma once

#include "tests/ledger/crier.hpp"
#include "tests/ledger/passenger.hpp"
#include "tests/ledger/proxy.hpp"
#include "tests/ledger/verdict.hpp"

#include <boost/asio/io_context.hpp>

#include <deque>
#include <functional>
#include <string>
#include <vector>

namespace troupe::ledger {

/// What a storm is made of.
struct storm_plan {
  std::uint16_t port = 0; ///< of the node
  std::string key{};      ///< of its API
  std::uint32_t seed = 1;
  std::size_t clients = 200;
  std::chrono::milliseconds lasting{60'000};
  std::chrono::milliseconds cries_within{200}; ///< the longest pause between two publications of a channel
  std::vector<std::string> open{"open:a", "open:b", "open:c"}, told{"told:a", "told:b", "told:c", "told:d"};
  temper clients_are{};
  weather weather_is{};
  promise promised{};
  std::chrono::seconds patience{60}; ///< for the end, when nothing goes wrong any more
};

struct storm_report {
  verdict found{};
  std::uint64_t publications = 0, connections = 0, proxied = 0;
  std::map<harm, std::uint64_t> harms{};
  std::string lives{};               ///< of those who were wronged
  std::vector<std::string> failed{}; ///< what kept the storm itself from being whole

  [[nodiscard]] bool clean() const noexcept { return found.clean() && failed.empty(); }
  [[nodiscard]] std::string text() const;
};

/// Many clients over all transports, through a proxy that harms their connections, while others publish: then all is
/// calm, everybody comes back, and what each has is compared with what was said.
///
/// Owner: the test; used once. Thread: the one that calls `run`, in which everything happens but the node.
class storm {
 public:
  explicit storm(storm_plan plan);

  [[nodiscard]] storm_report run();

 private:
  void begin();
  void calm_down();
  void come_back(std::optional<way> over);
  bool wait_until(const char* what, const std::function<bool()>& holds);
  [[nodiscard]] bool all_settled() const;
  [[nodiscard]] bool all_caught_up() const;
  void read_history(const std::string& channel);

  const storm_plan plan_;
  boost::asio::io_context loop_{1};
  fates fates_;
  proxy proxy_;
  truth truth_;
  std::deque<crier> criers_;
  std::deque<passenger> passengers_;
  storm_report report_;
};

} // namespace troupe::ledger
