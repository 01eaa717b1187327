#pragma once
/// The registry: every key there is, in the order of the reference. To add one: a field in settings.hpp, a line in
/// keys.cpp, and `troupe config reference > config/troupe.toml`.

#include "config/key.hpp"

#include <span>

namespace troupe::config {

/// The keys of the file's groups, those of one group next to each other.
[[nodiscard]] std::span<const key> keys() noexcept;

/// The keys of one `[[namespace]]`.
[[nodiscard]] std::span<const namespace_key> namespace_keys() noexcept;

/// One sentence about the group a key's name begins with; empty for keys without group.
[[nodiscard]] std::string_view group_doc(std::string_view group) noexcept;

/// `limits` of `limits.channels`; empty for a key without group.
[[nodiscard]] std::string_view group_of(std::string_view name) noexcept;

/// The key called `name`, or null.
[[nodiscard]] const key* find_key(std::string_view name) noexcept;
[[nodiscard]] const namespace_key* find_namespace_key(std::string_view name) noexcept;

/// `TROUPE_LIMITS_CHANNELS` for `limits.channels`.
[[nodiscard]] std::string environment_name(std::string_view key);

} // namespace troupe::config
