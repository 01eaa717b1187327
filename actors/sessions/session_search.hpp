#pragma once

#include "actors/messages/catalogue.hpp"

namespace troupe::actors {

class shard;

/// A walk over the sessions of a shard for a page of those that match, which pauses: sessions may come and go meanwhile.
///
/// Owner: the shard_actor. Thread: the shard's. Bounded: a page; `looked_at_once` sessions in a step.
class session_search {
 public:
  static constexpr std::size_t looked_at_once = 500;

  explicit session_search(session_query what);

  /// True: that was all.
  bool go_on(const shard& in);

  /// Those of the page that are still there. Once, last.
  [[nodiscard]] session_list page_of(shard& in);

 private:
  const session_query what_;
  page_picker<session_id> page_;
  session_id up_to_{}; // all up to this one have been looked at
};

} // namespace troupe::actors
