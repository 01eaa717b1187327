#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace troupe {

/// Why a node did not start: its address is taken (69), its settings or its key cannot be used (78).
class node_error : public std::runtime_error {
 public:
  node_error(const std::string& why, int status) : std::runtime_error(why), status_(status) {}

  /// What `node::run` returns for it, as in sysexits.h.
  [[nodiscard]] int status() const noexcept { return status_; }

 private:
  int status_;
};

/// What became of `node::stop`. A value.
struct stop_result {
  bool ended = true;               ///< nothing of the node runs any more
  std::string stage{};             ///< else: what it waits for, "waiting for channels"
  std::vector<std::string> left{}; ///< and who is still there, as far as it can be told

  explicit operator bool() const noexcept { return ended; }
};

} // namespace troupe
