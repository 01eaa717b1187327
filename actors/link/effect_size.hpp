#pragma once
// What is said, in bytes, for credit and for bounds. Pure.

#include "actors/messages/link_batches.hpp"

#include <concepts>
#include <variant>

namespace troupe::actors {

/// All that an effect keeps in memory, roughly.
[[nodiscard]] std::size_t size_of(const effect& what);

/// What it keeps beside itself, roughly.
[[nodiscard]] std::size_t size_of(const protocol::presence_change& c);

/// What a message to one client keeps in memory beside itself, roughly.
[[nodiscard]] std::size_t size_of(const protocol::server_message& m);

/// The same of a command, of a client or to a channel.
template <class... Bodies>
[[nodiscard]] std::size_t size_of(const std::variant<Bodies...>& body)
  requires(std::same_as<Bodies, protocol::publish> || ...)
{
  return std::visit(
      [](const auto& what) -> std::size_t {
        if constexpr (requires { what.data.size(); })
          return what.data.size();
        else if constexpr (requires { what.params.size(); })
          return what.params.size();
        else if constexpr (requires { what.token.size(); })
          return what.token.size();
        else
          return 0;
      },
      body);
}

} // namespace troupe::actors
