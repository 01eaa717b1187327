#pragma once

#include "protocol/decode/envelope.hpp"

#include <limits>
#include <map>
#include <string>

namespace troupe::protocol {

/// Reads the keys of one command from its envelope: each verb checks type and limits and, at the first key that is
/// missing or wrong, notes a failure that names it. Callers read all they need and then ask `failed`.
/// Thread: any; the envelope outlives it.
class command_reader {
 public:
  explicit command_reader(const envelope& message) : message_(message) {}

  // -- keys of all kinds ------------------------------------------------------

  [[nodiscard]] request_id id();
  [[nodiscard]] std::string channel();
  [[nodiscard]] std::string event();

  /// `data`; with `"encoding":"base64"` the bytes it stands for.
  [[nodiscard]] payload data();
  [[nodiscard]] payload params();
  [[nodiscard]] std::optional<position> since();
  /// `positions`: `{channel: {epoch, offset}}`, a channel without position may say null.
  [[nodiscard]] std::map<std::string, position> positions();

  // -- by type ----------------------------------------------------------------

  [[nodiscard]] std::string text(key k, std::size_t bytes_max = std::numeric_limits<std::size_t>::max());
  [[nodiscard]] std::optional<std::string> optional_text(key k, std::size_t bytes_max);
  [[nodiscard]] bool flag(key k, bool otherwise);
  [[nodiscard]] std::uint64_t count(key k);
  [[nodiscard]] std::optional<std::uint64_t> optional_count(key k, std::uint64_t max);

  // -- failing ----------------------------------------------------------------

  void fail(key k, std::string_view why, error_code code = error_code::bad_message);
  [[nodiscard]] const std::optional<failure>& failed() const noexcept { return failed_; }

 private:
  /// The value of `k`; nothing if it is absent or null.
  [[nodiscard]] const value* given(key k) const noexcept;

  const envelope& message_;
  std::optional<failure> failed_;
};

/// At most 40 bytes of `text` in quotes, cut between characters: for failures that repeat what a client said.
[[nodiscard]] std::string in_quotes(std::string_view text);

/// The integer that `v` is; a number with a fraction of zero counts up to 2^53, as many clients have no other.
[[nodiscard]] std::optional<std::int64_t> as_integer(const value& v) noexcept;

} // namespace troupe::protocol
