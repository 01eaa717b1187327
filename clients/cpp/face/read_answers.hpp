#pragma once
/// What answers hold, as applications read it. Pure; what is missing or of another type is empty.

#include "clients/cpp/core/node_message.hpp"

#include <troupe/client_message.hpp>

namespace troupe::clients {

/// The members in the list of this name.
[[nodiscard]] std::vector<client_member> read_members(const nlohmann::json& in, const char* list);
[[nodiscard]] position read_position(const nlohmann::json& from);
[[nodiscard]] client_history read_history(const nlohmann::json& from);

} // namespace troupe::clients
