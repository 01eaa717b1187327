#pragma once
/// Values as an operator writes them: `64KiB`, `10s`, `true`, `a,b`. Pure; thread: any.
/// Errors: a sentence without the key's name, for the caller to put behind it.

#include "config/key.hpp"

#include <tl/expected.hpp>

namespace troupe::config {

using read_result = tl::expected<value, std::string>;

/// A value of the environment or a flag. Numbers without a unit count bytes, milliseconds or pieces;
/// items of lists are separated by commas.
[[nodiscard]] read_result read_text(const domain& allowed, std::string_view text);

/// `v`, or why it is not in the domain. A number may be negative to be refused as too small.
[[nodiscard]] read_result checked(const domain& allowed, value v);

/// "below 1KiB" as a refusal, for numbers too small for a value.
[[nodiscard]] std::string range_error(const domain& allowed, std::string_view given);

/// What the domain wants, in words: `a size such as "64KiB"`.
[[nodiscard]] std::string wanted(const domain& allowed);

/// As TOML, with the largest unit that loses nothing: `"64KiB"`, `"25s"`, `8080`, `["a", "b"]`.
[[nodiscard]] std::string write_toml(const domain& allowed, const value& v);

/// The same without quotes, for sentences.
[[nodiscard]] std::string write_plain(const domain& allowed, const value& v);

} // namespace troupe::config
