#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace troupe::transports {

/// Bytes that many sockets write: a refcounted buffer, and a slice of it.
///
/// Owner: whoever holds a slice. Thread: the I/O thread of one shard only (the count is not atomic): a chunk never
/// leaves the shard that made it.
class chunk : public boost::intrusive_ref_counter<chunk, boost::thread_unsafe_counter> {
 public:
  virtual ~chunk() = default;

  /// The bytes; may grow at the end up to the capacity reserved at the start, so that slices stay valid.
  std::string bytes;
};

using chunk_ptr = boost::intrusive_ptr<chunk>;

/// A part of a chunk, which it keeps alive.
struct slice {
  chunk_ptr owner;
  std::string_view bytes;
};

} // namespace troupe::transports
