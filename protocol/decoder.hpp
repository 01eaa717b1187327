#pragma once
/// Bytes from a client to commands. Pure functions of their input; thread: any.
///
/// Everything that is kept is validated whole first (grammar, UTF-8, depth, duplicate keys; msgpack: string keys, no
/// ext, no NaN, bin only as the whole `data`), because payloads are passed on to other clients untouched.
/// Errors are values: the failure names the key or the rule. Never throws but bad_alloc; never reads past `bytes`.

#include "protocol/messages.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <string_view>

namespace troupe::protocol {

/// What one message may be at most: `limits.message_bytes`, `limits.message_depth`.
struct decode_limits {
  std::size_t message_bytes_max = 64 * 1024;
  std::size_t depth_max = 32;
};

using decoded = tl::expected<command, decode_failure>;

[[nodiscard]] decoded decode_json(std::string_view bytes, const decode_limits& limits);
[[nodiscard]] decoded decode_msgpack(std::string_view bytes, const decode_limits& limits);

/// Checks one JSON value whole, and hands it back as a payload (API bodies, application input).
[[nodiscard]] tl::expected<payload, failure> read_json(std::string_view bytes, const decode_limits& limits);

/// The same of msgpack.
[[nodiscard]] tl::expected<payload, failure> read_msgpack(std::string_view bytes, const decode_limits& limits);

/// A publication in a body of the API: the keys of `publish` without `action`. `channel`, if given, stands in for the
/// body's. Its data has at most `limits.message_bytes_max` bytes, however long the body is.
[[nodiscard]] tl::expected<publish, failure> decode_publication(std::string_view json, const decode_limits& limits,
                                                                std::optional<std::string> channel = {});

/// A body of `POST /send`: `{userId, message}`, or `{token, action, …}`.
struct send_request {
  /// Something for a user's inbox.
  struct to_user {
    std::string user;
    payload message;
  };
  /// A command of an event stream's or poll's session.
  struct of_session {
    std::string token;
    command what;
  };
  std::variant<to_user, of_session> body;
};
[[nodiscard]] tl::expected<send_request, decode_failure> decode_send(std::string_view json, const decode_limits& limits);

} // namespace troupe::protocol
