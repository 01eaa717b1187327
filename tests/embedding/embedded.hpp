#pragma once
/// A node within the test's own program, through its public face, and who talks to it over a socket.

#include "tests/transports/client.hpp"

#include <troupe/node.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace troupe::embedding_test {

using namespace std::chrono_literals;

/// What the log said. Thread: any.
class kept_log {
 public:
  [[nodiscard]] log_sink sink() {
    return [this](const log_record& r) {
      const std::lock_guard guard{mutex_};
      lines_.push_back(std::string{to_string(r.level)} + " " + std::string{r.text});
      events_.emplace_back(r.event);
    };
  }
  [[nodiscard]] bool says(std::string_view part) const {
    const std::lock_guard guard{mutex_};
    for (const auto& line : lines_)
      if (line.find(part) != std::string::npos)
        return true;
    return false;
  }
  [[nodiscard]] std::string all() const {
    const std::lock_guard guard{mutex_};
    std::string text;
    for (const auto& line : lines_)
      text += line + "\n";
    return text;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_, events_;
};

/// Settings of a small node on any free port, whose key lies nowhere.
[[nodiscard]] inline node_settings quiet() {
  node_settings s;
  s.set("listen.port", 0).set("threads.shards", 1).set("threads.workers", 2);
  s.set("session.poll_hold", 0ms).set("api.key", "a-key-for-tests-of-embedding");
  return s;
}

/// The answer to a GET of its own connection.
[[nodiscard]] inline transports::test::answer ask(const node& at, std::string_view target) {
  transports::test::client c{at.port()};
  c.send(transports::test::get(target, "Authorization: Bearer a-key-for-tests-of-embedding\r\n"));
  return c.response();
}

/// Asks again and again whether it holds now.
template <class Condition>
bool eventually(const Condition& holds) {
  for (const auto until = std::chrono::steady_clock::now() + 20s; std::chrono::steady_clock::now() < until;
       std::this_thread::yield())
    if (holds())
      return true;
  return holds();
}

} // namespace troupe::embedding_test
