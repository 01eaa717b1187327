#pragma once
/// Reads a stream of Server-Sent Events as the HTML standard says browsers do (section 9.2.6).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::protocol::test {

struct stream_event {
  std::string event; ///< empty: `onmessage`
  std::string data;
  std::string last_id;

  bool operator==(const stream_event&) const = default;
};

struct stream_reading {
  std::vector<stream_event> events;
  std::string last_id;
  std::optional<int> retry;
  bool in_event = false; ///< the stream ends within an event, which a browser would drop
};

[[nodiscard]] stream_reading read_event_stream(std::string_view stream);

} // namespace troupe::protocol::test
