#pragma once
/// Which namespace a channel name belongs to. Pure; thread: any.

#include "config/settings.hpp"

#include <string_view>

namespace troupe::config {

/// The namespace whose pattern matches `channel`: a literal name beats every prefix, a longer prefix a shorter one,
/// `*` matches what nothing else does. Null: no such channel may exist. The result lives as long as `all`.
[[nodiscard]] const name_space* find_namespace(const std::vector<name_space>& all, std::string_view channel) noexcept;

/// Whether `pattern` (a name, or a prefix that ends in `*`) covers `channel`.
[[nodiscard]] bool covers(std::string_view pattern, std::string_view channel) noexcept;

} // namespace troupe::config
