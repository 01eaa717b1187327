#pragma once

#include <troupe/fields.hpp>
#include <troupe/publication.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace troupe {

/// Which publications of the history are meant; what is not said does not matter. A value.
///
///     history({.event = "bid", .since = now() - 60'000}, 100, [](const auto& bids) { … });
struct history_filter {
  std::string event{};              ///< called so
  std::optional<session_id> from{}; ///< published by this one; `session_id{}`: said by the channel, or the node's API
  offset_t after = 0;               ///< behind this one
  std::int64_t since = 0; ///< from this time on, milliseconds since 1970: looks no further back than to one before it
  std::function<bool(const publication&)> that{}; ///< for which this says yes, which runs as the object's code
};

/// One publication of the history, read as `T`. A value.
template <class T>
struct past {
  T data;
  session_id from{};
  offset_t offset = 0;
  std::int64_t timestamp = 0; ///< milliseconds since 1970
};

/// Those of `found` that can be read as `T`; data of another shape was written by another version of a class, or by others.
template <class T>
[[nodiscard]] std::vector<past<T>> read_past(const std::vector<publication_ptr>& found) {
  std::vector<past<T>> all;
  all.reserve(found.size());
  for (const auto& p : found) {
    try {
      all.push_back({p->as<T>(), p->from, p->offset, p->timestamp});
    } catch (const payload_error&) { // left out
    }
  }
  return all;
}

} // namespace troupe
