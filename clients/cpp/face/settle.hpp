#pragma once
/// Hands an answer to who waits for it. Pure.

#include "clients/cpp/core/node_message.hpp"
#include "clients/cpp/face/reply_slot.hpp"

#include <exception>

namespace troupe::clients {

/// `read` makes a T of the answer's data.
template <class T, class Read>
[[nodiscard]] result_handler settle_with(std::shared_ptr<reply_slot<T>> slot, Read read) {
  return [slot = std::move(slot), read = std::move(read)](const result& how) {
    if (!how)
      return slot->fail(how.error());
    try {
      slot->give(read(how->data));
    } catch (const std::exception& e) {
      slot->fail({"internal", std::string{"an answer that nobody can read: "} + e.what()});
    }
  };
}

} // namespace troupe::clients
