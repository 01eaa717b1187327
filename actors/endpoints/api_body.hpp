#pragma once

#include "config/settings.hpp"
#include "protocol/decoder.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace troupe::actors {

/// Thrown for a body or query that cannot be used; caught by `open_api` only. A value.
struct bad_body {
  failure why;
};

/// The JSON object that a POST to the API carries.
///
/// A value with views into the request: lives no longer. What is missing or of the wrong type throws `bad_body`, which
/// `open_api` answers.
class api_body {
 public:
  /// `text` is checked by whoever reads of it, by the rules for clients: what is published goes to them as it stands.
  api_body(std::string_view text, const config::limit_settings& limits);

  [[nodiscard]] bool has(const char* name) const;
  [[nodiscard]] std::string text(const char* name) const;
  [[nodiscard]] std::string optional_text(const char* name) const;

  /// The publication that the whole body describes, into `channel` if given.
  [[nodiscard]] protocol::publish publication(std::optional<std::string> channel = {}) const;

  /// The publications in the array `publications`.
  [[nodiscard]] std::vector<protocol::publish> publications() const;

  /// The names in the array `channels`, each that of a channel.
  [[nodiscard]] std::vector<std::string> channels() const;

  /// `userId` and `message`.
  [[nodiscard]] protocol::send_request::to_user to_user() const;

 private:
  [[nodiscard]] const nlohmann::json& tree() const;

  std::string_view text_;
  const config::limit_settings& bounds_;
  protocol::decode_limits limits_; ///< of one publication
  mutable nlohmann::json tree_;    ///< null: not made yet
};

} // namespace troupe::actors
