#pragma once

#include "tests/actors/ledger/carrier.hpp"
#include "tests/ledger/verdict.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <random>
#include <string>

namespace troupe::actors::testing {

/// Settings and channels for schedules: `open:*`, `told:*`, sessions that are kept for `kept_for`.
[[nodiscard]] config::settings settings_for_schedules();
[[nodiscard]] node_plan plan_for_schedules();
inline constexpr milliseconds kept_for{2000};

/// One short story, by seed: some clients that come, go, move and speak, while others publish, in channels of their own.
/// Used once. Many may follow each other in one node.
class schedule {
 public:
  /// `number` names its channels. `all_is_kept`: history, too, knows what was said; else only the API publishes in `open:*`.
  schedule(virtual_node& node, std::uint32_t seed, std::uint32_t number, bool all_is_kept = true);

  /// From the beginning until every client has come back and heard all there is.
  [[nodiscard]] ledger::verdict run(ledger::promise what);
  /// Its clients that are not where they want to be in the end, or wait for an answer, in words; empty: all is well.
  [[nodiscard]] std::string restless() const;
  /// What its clients saw.
  [[nodiscard]] std::vector<ledger::record> lives() const;

 private:
  struct client {
    explicit client(virtual_node& node, std::string name, std::vector<std::string> channels)
        : who(std::move(name), std::move(channels)), by(node, who) {}
    ledger::traveller who;
    carrier by;
    ledger::seen::chance expected = ledger::seen::chance::goes_on;
    bool away = true;
    bool cut = false; ///< and the node knows
  };

  void step();
  void step_of(client& c);
  void go(client& c);
  void come(client& c);
  void come(client& c, ledger::way over);
  void publish();
  void let_windows_end();
  void catch_up();
  bool read_all();
  void read_history(const std::string& channel);
  [[nodiscard]] std::uint32_t up_to(std::uint32_t most) { return dice_() % (most + 1); }
  [[nodiscard]] bool one_in(std::uint32_t n) { return dice_() % n == 0; }

  virtual_node& node_;
  std::mt19937 dice_;
  const std::string open_, told_;
  const bool all_is_kept_;
  std::deque<client> clients_;
  ledger::truth truth_;
  int said_ = 0;
};

} // namespace troupe::actors::testing
