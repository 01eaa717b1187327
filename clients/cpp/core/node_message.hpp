#pragma once
/// What the node says, on any transport.

#include "clients/cpp/core/command.hpp"

#include <troupe/client_error.hpp>
#include <troupe/client_message.hpp>

#include <tl/expected.hpp>

#include <chrono>
#include <functional>
#include <string_view>

namespace troupe::clients {

struct node_message {
  std::string type{};
  std::string channel{};
  std::string event{};
  std::string from{};
  payload data{};
  std::optional<command_id> id{};
  offset_t offset = 0;
  std::int64_t timestamp = 0;
  nlohmann::json more = nlohmann::json::object(); ///< the other keys

  /// Of `more`; what is missing or of another type is nothing, empty or 0.
  [[nodiscard]] std::string text(std::string_view key) const;
  [[nodiscard]] std::optional<std::uint64_t> number(std::string_view key) const;
  [[nodiscard]] std::optional<bool> flag(std::string_view key) const;
  [[nodiscard]] std::optional<std::chrono::milliseconds> retry_after() const;

  /// As an application reads a publication or push.
  [[nodiscard]] client_message as_client_message() const;

  /// An `error` as one.
  [[nodiscard]] client_error as_error(bool sent = false) const;
};

/// How a command ended.
using result = tl::expected<node_message, client_error>;
using result_handler = std::function<void(result)>;

[[nodiscard]] client_error disconnected(bool sent = false);

/// Errors after which the same try may succeed in a moment.
[[nodiscard]] bool is_passing(std::string_view error) noexcept;

} // namespace troupe::clients
