#pragma once

#include <troupe/error_code.hpp>
#include <troupe/testing/heard.hpp>

#include <nlohmann/json.hpp>

#include <string_view>

namespace troupe::testing {

/// An envelope as tests read it.
[[nodiscard]] heard_message heard_in(const nlohmann::json& envelope);

/// Why an `error` refuses.
[[nodiscard]] failure failure_in(const nlohmann::json& error);

/// `data` into a command that goes over a wire that has bytes, or has not.
void put_data(nlohmann::json& command, std::string_view key, const payload& data, bool has_bytes);

} // namespace troupe::testing
