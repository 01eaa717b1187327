#pragma once

#include "transports/chunk.hpp"

#include <chrono>
#include <cstddef>
#include <unordered_map>
#include <vector>

namespace troupe::actors {

/// Who makes way when sockets hold too much of logs that went on (`limits.node_pinned_bytes`).
///
/// Of a chunk one byte in one socket is enough to hold it whole, and the last to let go frees it: so each of its holders
/// has its share of it. Those go who have most, and before all others those who take nothing; nobody who has nothing.
/// Owner: the shard, for one judgement. Thread: the shard's.
class pin_holders {
 public:
  /// The next one, and the chunks in its socket; those that logs hold, too, do not count.
  void add(std::vector<const transports::chunk*>& chunks, std::chrono::milliseconds nothing_taken_for);

  /// Who is to go so that `bytes` come free, in order, as numbered by `add` from 0; all, if that is not enough.
  [[nodiscard]] std::vector<std::size_t> to_free(std::size_t bytes);

 private:
  struct pinned_chunk {
    std::size_t bytes = 0;
    std::size_t holders = 0;
  };
  struct holder {
    std::vector<pinned_chunk*> chunks;
    std::chrono::milliseconds nothing_taken_for{};
  };

  [[nodiscard]] static double share_of(const holder& who);

  std::unordered_map<const transports::chunk*, pinned_chunk> chunks_;
  std::vector<holder> holders_;
};

} // namespace troupe::actors
