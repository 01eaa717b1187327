#pragma once
/// The id of a message that is refused: whoever waits for an answer by id hears of the refusal, too. Pure; thread: any.

#include "protocol/messages.hpp"

#include <string_view>

namespace troupe::protocol {

/// The outermost object's `id`, before or behind what is wrong, as long as its members can be told apart. None: there
/// is none, more than one, or none that an id could be.
[[nodiscard]] request_id readable_id_in_json(std::string_view bytes);
[[nodiscard]] request_id readable_id_in_msgpack(std::string_view bytes);

} // namespace troupe::protocol
