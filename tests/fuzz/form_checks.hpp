#pragma once
/// Properties of wire forms: what each writes of a publication reads back as the same value.

#include <troupe/payload.hpp>

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace troupe::fuzz {

/// Equal, where numbers with a fraction may have gone through a msgpack float 32.
[[nodiscard]] bool same_value(const nlohmann::json& a, const nlohmann::json& b);

/// Writes `data` twice in every form and reads both back. `event` may be any bytes.
void check_forms(const payload& data, const std::string& event, std::string_view channel = "room:42");

} // namespace troupe::fuzz
