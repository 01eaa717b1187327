#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>

namespace troupe::actors {

/// Where a command prints: whether that is a terminal, how large it is, whether it is coloured.
struct terminal {
  bool is_one = false;
  bool colours = false; ///< a terminal, and neither NO_COLOR nor TERM=dumb says otherwise
  std::size_t columns = 120, lines = 40;

  /// Of stdout, as it is now: one that was resized says so here.
  [[nodiscard]] static terminal now();

  [[nodiscard]] std::string_view bold() const noexcept { return colours ? "\x1b[1m" : ""; }
  [[nodiscard]] std::string_view amber() const noexcept { return colours ? "\x1b[33m" : ""; }
  [[nodiscard]] std::string_view plain() const noexcept { return colours ? "\x1b[0m" : ""; }
};

/// Waits for the next look of a command that goes on, until somebody ends it: Ctrl-C, SIGTERM, SIGHUP, or `q` at the terminal
/// of one that watches keys. Those signals end nothing else while it lives: what a terminal was told is taken back.
///
/// Owner: the command. Thread: the program's only one.
class patience {
 public:
  explicit patience(bool watches_keys = false);
  ~patience();
  patience(const patience&) = delete;
  patience& operator=(const patience&) = delete;

  /// False: it is over. Comes back early when the terminal was resized.
  [[nodiscard]] bool wait(std::chrono::milliseconds time);

 private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace troupe::actors
