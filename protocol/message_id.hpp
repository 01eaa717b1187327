#pragma once
/// The id in a server message, whichever kind it is: answers have one, the rest have none. Pure; thread: any.

#include "protocol/messages.hpp"

namespace troupe::protocol {

/// Null: messages of this kind carry no id. Const as the message is.
template <class Message>
[[nodiscard]] auto* id_of(Message& any) {
  using id = std::conditional_t<std::is_const_v<Message>, const request_id, request_id>;
  return std::visit(
      [](auto& m) -> id* {
        if constexpr (requires { m.id; })
          return &m.id;
        else
          return nullptr;
      },
      any);
}

} // namespace troupe::protocol
