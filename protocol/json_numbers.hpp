#pragma once
/// Numbers that are JSON and fit no machine type: JSON has no limits, so they are handed on as written. Pure; thread:
/// any.

#include <optional>
#include <string>
#include <string_view>

namespace troupe::protocol {

/// `json` with each integer beyond 64 bits replaced by the double nearest to it, in as many bytes: what stands where
/// does not change. Nothing if there is none.
[[nodiscard]] std::optional<std::string> with_wide_integers_as_doubles(std::string_view json);

/// Whether every number in `json` has the form of one (RFC 8259 section 6).
[[nodiscard]] bool has_only_numbers_of_good_form(std::string_view json) noexcept;

} // namespace troupe::protocol
