#pragma once
/// What a channel says over a link, short to make and to read: for tests of what waits there.

#include "tests/actors/channels/channel_fixture.hpp"

namespace troupe::actors::testing {

inline outbound_item to(std::uint64_t who, const char* data) {
  return {said{session_id{who}, protocol::reply{std::int64_t{1}, json(data)}}, session_id{who}, 0};
}

inline publication_ptr numbered(offset_t offset) {
  publication p;
  p.offset = offset;
  p.data = json(std::to_string(offset));
  return std::make_shared<const publication>(std::move(p));
}

inline outbound_item said_to_all(offset_t offset) { return {published{numbered(offset)}, {}, 0}; }

inline std::string texts(const std::vector<outbound_item>& items) {
  std::string line;
  for (const auto& item : items)
    line += (item.what ? text_of(*item.what) : "done") + ";";
  return line;
}

} // namespace troupe::actors::testing
