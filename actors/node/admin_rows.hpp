#pragma once
/// Rows of the node's lists as tables: for the lists themselves, and for what watches them.

#include "actors/node/text_table.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace troupe::actors {

/// Of `/api/channels` and `/api/connections`.
[[nodiscard]] text_table channel_table(const nlohmann::json& page);
[[nodiscard]] text_table session_table(const nlohmann::json& page);

/// Who did not answer in time, as a sentence; empty: all did.
[[nodiscard]] std::string incomplete_text(const nlohmann::json& page);

/// Handlers that run for longer than they should, wherever their channel is in the list; a sentence each.
[[nodiscard]] std::vector<std::string> slow_texts(const nlohmann::json& page);

/// A number, or nothing: what is not there, or not known of one that is stuck.
[[nodiscard]] std::uint64_t number_in(const nlohmann::json& row, const char* name);

/// The answer of the node as an object; an empty one if it is none.
[[nodiscard]] nlohmann::json object_of(const std::string& text);

} // namespace troupe::actors
