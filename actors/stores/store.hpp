#pragma once

#include "actors/messages/starter.hpp"

#include <troupe/error_code.hpp>
#include <troupe/publication.hpp>

#include <tl/expected.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe::actors {

/// How much of a channel is kept, and for how long.
struct retention {
  std::size_t size = 100;                            ///< publications; 0 keeps none (offsets still count)
  std::chrono::milliseconds ttl{5 * 60 * 1000};
  std::size_t bytes = 1024 * 1024;
};

/// What became of an append.
struct kept {
  publication_ptr what; ///< with its offset
  bool duplicate = false;
};

/// Consecutive publications of a history, oldest first.
struct history_page {
  std::vector<publication_ptr> items;
  bool more = false; ///< the page's limit ended it
  bool lost = false; ///< some after `since` are gone
};

/// What is kept of one channel, for the time that the channel lives. See `store` for what it guarantees.
/// Owner: the channel. Thread: the channel's.
class partition {
 public:
  virtual ~partition() = default; ///< the channel stops; what is kept stays until its ttl

  [[nodiscard]] virtual const std::string& epoch() const = 0;
  [[nodiscard]] virtual offset_t head() const = 0;      ///< of the last append; 0: none ever
  [[nodiscard]] virtual std::size_t bytes() const = 0;  ///< kept

  virtual void append(publication draft, std::string key, std::function<void(tl::expected<kept, failure>)> then) = 0;

  /// Oldest first, after `since`, at most `items_max` and about `bytes_max` (at least one).
  virtual void read(offset_t since, std::size_t items_max, std::size_t bytes_max,
                    std::function<void(tl::expected<history_page, failure>)> then) = 0;

  /// Newest `items_max` before `before` (0: from the head), oldest first.
  virtual void read_back(offset_t before, std::size_t items_max, std::size_t bytes_max,
                         std::function<void(tl::expected<history_page, failure>)> then) = 0;

  virtual void save_snapshot(payload state) = 0;
  [[nodiscard]] virtual std::optional<payload> snapshot() const = 0;

  /// The position kept for readers without cursor (inboxes); 0: none.
  virtual void keep_position(offset_t at) = 0;
  [[nodiscard]] virtual offset_t kept_position() const = 0;
};

/// Where publications get their offset and are kept.
///
/// Guarantee, which the contract suite (tests/actors/stores/store_contract.hpp) holds every store to:
///  - offsets of a partition rise by one within an epoch, in the order of `append`;
///  - `kept` is called once per append, in the order of the appends, after the publication can be read back;
///  - a page holds every kept publication after `since` in order, or says that some are lost;
///  - what is dropped is dropped from the oldest; a partition that lost its head gets a new epoch;
///  - an append with a key seen within the retention answers with the first one's position and keeps nothing.
/// Thread: a partition belongs to one channel actor at a time. Callbacks come on that channel's thread: within the
/// call (memory), or later (disk, engines) through the `post` given to `open`.
class store {
 public:
  using clock = std::function<std::chrono::system_clock::time_point()>;
  using post = std::function<void(std::function<void()>)>;

  virtual ~store() = default;

  /// What is kept counts as `by`'s where the node keeps too much. `unavailable`: it has an owner already.
  virtual void open(const std::string& channel, const retention& keep, const starter& by, post back,
                    std::function<void(tl::expected<std::unique_ptr<partition>, failure>)> then) = 0;

  /// Drops what is past its ttl. The broker calls it each second.
  virtual void sweep() = 0;

  /// All that is kept, of channels that live and of those that do not.
  [[nodiscard]] virtual std::size_t bytes() const = 0;
};

} // namespace troupe::actors
