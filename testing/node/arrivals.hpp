#pragma once
/// Takes apart what a node wrote to a client: WebSocket frames, whole and unmasked, and events of a stream. Pure.

#include <nlohmann/json.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::actors::testing {

/// A frame, or the data of an event, and where the next one begins.
struct arrival {
  std::string_view body;
  std::size_t end = 0;
  bool text = true;
};

/// Nothing: the rest has not arrived.
[[nodiscard]] std::optional<arrival> frame_at(std::string_view bytes, std::size_t at);

/// The next event that has data; comments and the time to wait are passed over. Nothing: none is whole.
[[nodiscard]] std::optional<arrival> event_at(std::string_view bytes, std::size_t at);

/// JSON, or msgpack where it is no text.
[[nodiscard]] nlohmann::json decoded(const arrival& what);
[[nodiscard]] std::string encoded(const nlohmann::json& what, bool msgpack);

} // namespace troupe::actors::testing
