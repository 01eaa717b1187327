#pragma once
/// What a channel says to one shard, as tests write it.

#include "shard_fixture.hpp"

#include <utility>
#include <vector>

namespace troupe::actors::testing {

inline page of(std::vector<offset_t> offsets, bool last = true) {
  page p;
  for (const auto o : offsets)
    p.items.push_back(shard_fixture::publication(o));
  p.last = last;
  return p;
}

inline effect pushed_to(std::uint64_t who, const char* name) {
  return said{session_id{who}, protocol::push{"room:1", name, {}, 0}};
}

inline effect last_word(std::uint64_t who, protocol::request_id id = {}) {
  return left{session_id{who}, {std::move(id), "room:1", "left"}, leave_reason::left};
}

} // namespace troupe::actors::testing
