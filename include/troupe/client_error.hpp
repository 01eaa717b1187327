#pragma once

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace troupe {

/// Why something did not happen, as a client hears it. A value, thrown by futures of a `client`; thread: any.
///
/// `code` is one of the protocol's (docs/protocol.md: `refused`, `not_joined`, `timeout` …), or the client's own:
///
///     disconnected   the connection was lost, or there is none and nothing may wait
///     timeout        no answer in time; also the node's own word
///     queue_full     too much waits for its answer (`client_limits::commands`, `command_bytes`)
///     closed         the client was closed, or the channel left
///     callback       what a callback of the application threw
///
/// `sent`: the command had left for the node, which may have carried it out. A retry with the same key is then safe in
/// the same session, or for the same user.
class client_error : public std::runtime_error {
 public:
  client_error(std::string code, const std::string& message, bool sent = false,
               std::optional<std::chrono::milliseconds> retry_after = {})
      : std::runtime_error(message), code_(std::move(code)), sent_(sent), retry_after_(retry_after) {}

  [[nodiscard]] const std::string& code() const noexcept { return code_; }
  [[nodiscard]] bool sent() const noexcept { return sent_; }

  /// The pause after which another try makes sense, where the node said one.
  [[nodiscard]] std::optional<std::chrono::milliseconds> retry_after() const noexcept { return retry_after_; }

 private:
  std::string code_;
  bool sent_;
  std::optional<std::chrono::milliseconds> retry_after_;
};

} // namespace troupe
