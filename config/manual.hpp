#pragma once
/// The manual page of the program in roff, made of the one table of commands.

#include <string>
#include <string_view>

namespace troupe::config {

[[nodiscard]] std::string manual(std::string_view program);

} // namespace troupe::config
