#pragma once
/// The secret that authorises a session's polls, sends and resumes: `s9.<22 characters>`, 128 bits from the kernel.
/// The part before the dot is the public id; it tells which shard the session lives on. Never logged.

#include <troupe/publication.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace troupe::actors {

/// 16 bytes from getrandom(2) in base64url.
[[nodiscard]] std::string new_secret();

[[nodiscard]] std::string make_token(session_id id, std::string_view secret);

/// A token taken apart. A value; a view into the token.
struct token_parts {
  session_id id;
  std::string_view secret; ///< into the token
};
[[nodiscard]] std::optional<token_parts> parse_token(std::string_view token) noexcept;

/// In a time that does not tell where they differ.
[[nodiscard]] bool same_secret(std::string_view a, std::string_view b) noexcept;

/// The shard that a session lives on, if it is one of this node's `shards`; else `otherwise`, which will not know it.
[[nodiscard]] constexpr std::size_t shard_of(session_id id, std::size_t shards, std::size_t otherwise) noexcept {
  return id.shard() < shards ? id.shard() : otherwise;
}

} // namespace troupe::actors
