#pragma once
/// A program that a test runs: started, listened to and ended by its id.
///
/// Owner: the test. Thread: the test's; one of its own reads what the program prints. Ends: killed if it still runs.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <sys/types.h>

namespace troupe::server::test {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

/// The longest a test waits for anything.
inline constexpr milliseconds patience = 20s;

class process {
 public:
  static constexpr int closed = -1; ///< as `err`: it has none

  /// `environment` (NAME=value) comes on top of the test's own, of which nothing about Troupe is left. `err`: where its
  /// stderr goes, the caller's descriptor; none: it is heard.
  process(const std::string& program, std::vector<std::string> arguments, std::vector<std::string> environment = {},
          std::optional<int> err = {});
  ~process();
  process(const process&) = delete;
  process& operator=(const process&) = delete;

  [[nodiscard]] pid_t id() const noexcept { return id_; }
  void signal(int number) const;

  // -- hearing ----------------------------------------------------------------

  [[nodiscard]] std::string out();
  [[nodiscard]] std::string err();

  /// It has printed `text`, or does within `time`.
  bool says(std::string_view text, milliseconds time = patience);

  // -- ending -----------------------------------------------------------------

  /// Its exit status; 128 and the signal's number if a signal ended it; nothing if it still runs then.
  std::optional<int> status_within(milliseconds time);

  /// The same; -1 if it does not end.
  int status() { return status_within(35s).value_or(-1); }

 private:
  void listen(int out, int err);

  pid_t id_ = -1;
  int handle_ = -1; // of the process, readable when it has ended
  std::optional<int> status_;
  std::mutex mutex_;
  std::condition_variable said_;
  std::string out_, err_;
  bool silent_ = false; // has closed both
  std::thread listener_;
};

/// Runs it to its end.
struct outcome {
  int status = -1;
  std::string out{}, err{};
};
outcome run(const std::string& program, std::vector<std::string> arguments, std::vector<std::string> environment = {});

/// Asks again and again whether it holds now.
template <class Condition>
bool eventually(const Condition& holds, milliseconds within = patience);

void breathe(); ///< between two questions

template <class Condition>
bool eventually(const Condition& holds, milliseconds within) {
  for (const auto until = std::chrono::steady_clock::now() + within; std::chrono::steady_clock::now() < until; breathe())
    if (holds())
      return true;
  return holds();
}

} // namespace troupe::server::test
