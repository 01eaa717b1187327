#pragma once

#include "protocol/decoder.hpp"

#include <tl/expected.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace troupe::protocol {

/// Keys of all commands, and of `POST /send`. The two of `since` stand behind the others.
enum class key : std::uint8_t {
  action, id, channel, params, since, presence, event, data, encoding, key, echo, ephemeral, timeout, ask, before,
  limit, token, received, positions, attempt, credentials, user_id, message, since_epoch, since_offset,
};

inline constexpr std::size_t key_count = 25;

/// As it goes over the wire; `since.epoch` for the inner ones.
[[nodiscard]] std::string_view name_of(key k) noexcept;

/// The key of a message called `name`; `in_since` looks among those of `since`.
[[nodiscard]] std::optional<key> key_of(std::string_view name, bool in_since = false) noexcept;

/// What a value is, whichever encoding it came in; `huge` is an integer past int64.
enum class value_kind : std::uint8_t {
  absent, null, boolean, integer, huge, real, text, bytes, array, object,
};

/// One value: what it is, what it says if it is a scalar, and its bytes as given.
struct value {
  value_kind kind = value_kind::absent;
  bool flag = false;
  std::int64_t integer = 0;
  std::uint64_t huge = 0; ///< an integer past int64
  double real = 0;
  std::string_view text{}; ///< decoded; of `bytes`, the bytes
  std::string_view raw{};
};

/// A message taken apart but not yet understood: the keys we know, whichever encoding they came in.
/// Both readers (JSON, msgpack) fill it; `to_command` reads it. Views point into the message and into the reader's
/// buffers: an envelope lives until its thread reads the next message.
struct envelope {
  troupe::encoding encoding = troupe::encoding::json;
  value whole;
  std::array<value, key_count> values{};
  std::optional<key> twice; ///< a key that was given more than once

  [[nodiscard]] const value& operator[](key k) const noexcept { return values[static_cast<std::size_t>(k)]; }

  /// Keeps `v` under `k`, and notes a key that comes again.
  void put(key k, const value& v) noexcept;
};

/// Check all of `bytes`, then take it apart. A failure has the message's id, if that can be read all the same.
[[nodiscard]] tl::expected<envelope, decode_failure> json_envelope(std::string_view bytes, const decode_limits& limits);
[[nodiscard]] tl::expected<envelope, decode_failure> msgpack_envelope(std::string_view bytes, const decode_limits& limits);

/// Checks all of `bytes`: one value, as a payload may be.
[[nodiscard]] tl::expected<value, failure> msgpack_value(std::string_view bytes, std::size_t depth_max);

/// What the message asks. `token_key` is where `authenticate` and `resume` find their token.
[[nodiscard]] decoded to_command(const envelope& message, key token_key = key::token);

/// The publication that a message without `action` describes; into `channel` rather than its own, if given.
[[nodiscard]] tl::expected<publish, failure> to_publication(const envelope& message, std::optional<std::string> channel);

/// The value as a payload, bytes as given.
[[nodiscard]] payload to_payload(const envelope& message, const value& v);

} // namespace troupe::protocol
