#pragma once
/// What texts of the configuration may look like: each rule returns what is wanted, or null if `text` is that.
/// An empty text means "none" and is allowed wherever the key's default is empty. Pure; thread: any.

#include <string_view>

namespace troupe::config {

[[nodiscard]] const char* node_name_rule(std::string_view text);
[[nodiscard]] const char* ip_address_rule(std::string_view text);
[[nodiscard]] const char* host_rule(std::string_view text);
[[nodiscard]] const char* origin_rule(std::string_view text);
[[nodiscard]] const char* api_key_rule(std::string_view text);
[[nodiscard]] const char* path_rule(std::string_view text);
[[nodiscard]] const char* channel_rule(std::string_view text);
[[nodiscard]] const char* pattern_rule(std::string_view text);

} // namespace troupe::config
