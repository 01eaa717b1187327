#pragma once
/// What a client says. `id` is set by the client; it comes back in the answer.

#include <troupe/payload.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace troupe::clients {

using command_id = std::int64_t;

struct command {
  std::string action;
  std::string channel{}; ///< empty: none
  std::optional<payload> data{};
  std::optional<payload> params{};
  nlohmann::json more = nlohmann::json::object(); ///< the other keys
  std::optional<command_id> id{};

  /// Memory it keeps, for accounting.
  [[nodiscard]] std::size_t size() const {
    return 256 + channel.size() + (data ? data->size() : 0) + (params ? params->size() : 0);
  }
};

} // namespace troupe::clients
