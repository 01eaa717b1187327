#pragma once
/// What completes the program's commands in a shell, made of the one table of commands and of the keys.

#include <string>
#include <string_view>

namespace troupe::config {

/// For bash or zsh. `program`: what it is called.
[[nodiscard]] std::string completion(std::string_view shell, std::string_view program);

} // namespace troupe::config
