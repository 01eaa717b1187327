#pragma once

#include "actors/messages/starter.hpp"

#include <troupe/error_code.hpp>
#include <troupe/publication.hpp>

#include <tl/expected.hpp>

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace troupe::actors {

/// How much of a channel is kept, and for how long.
struct retention {
  std::size_t size = 100;                            ///< publications; 0 keeps none (offsets still count)
  std::chrono::milliseconds ttl{5 * 60 * 1000};
  std::size_t bytes = 1024 * 1024;
  std::chrono::milliseconds key_ttl{5 * 60 * 1000};  ///< keys of appends are known this long
  std::size_t keys = 1024;                           ///< of one channel
  std::size_t keys_per_publisher = 256;              ///< all but those of the node itself, which has the rest
  std::size_t answer_bytes = 64 * 1024;              ///< of one answer to a call with a key
  std::size_t answer_bytes_per_channel = 1024 * 1024;
};

/// Makes an append, or a call, that is repeated known. A publisher without a name is the node itself.
struct append_key {
  std::string publisher, text;
  std::string call{}; ///< its event, which has keys of its own; empty: an append

  explicit operator bool() const noexcept { return !text.empty(); }
  friend auto operator<=>(const append_key&, const append_key&) = default;
};

/// What a call was answered: the reply, or the refusal.
using call_answer = std::variant<payload, failure>;

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

using page_callback = std::function<void(tl::expected<history_page, failure>)>;

/// What is kept of one channel, for the time that the channel lives. See `store` for what it guarantees.
/// Owner: the channel. Thread: the channel's.
class partition {
 public:
  virtual ~partition() = default; ///< the channel stops; what is kept stays until its ttl

  [[nodiscard]] virtual const std::string& epoch() const = 0;
  [[nodiscard]] virtual offset_t head() const = 0;      ///< of the last append; 0: none ever
  [[nodiscard]] virtual std::size_t bytes() const = 0;  ///< kept

  /// No key: an append of its own.
  virtual void append(publication draft, append_key key, std::function<void(tl::expected<kept, failure>)> then) = 0;

  /// The same within the call, for a store that can: then `draft` and `key` are taken, and `append` is not needed. Only
  /// while no append waits. Nothing: it cannot, and has done nothing.
  [[nodiscard]] virtual std::optional<tl::expected<kept, failure>> append_now(publication& draft, append_key& key) {
    (void)draft, (void)key;
    return std::nullopt;
  }

  /// Oldest first, after `since`, at most `items_max` and about `bytes_max` (at least one).
  virtual void read(offset_t since, std::size_t items_max, std::size_t bytes_max, page_callback then) = 0;

  /// Newest `items_max` before `before` (0: from the head), oldest first.
  virtual void read_back(offset_t before, std::size_t items_max, std::size_t bytes_max, page_callback then) = 0;

  /// The position of the append that had this key, if it is known without asking anybody; `append` has the last word.
  [[nodiscard]] virtual std::optional<offset_t> find(const append_key& key) const = 0;

  /// Keeps what the call with this key was answered; the first one counts. Whoever waits for it hears it once it is kept.
  virtual void keep_answer(append_key key, call_answer what, std::function<void(tl::expected<void, failure>)> then) = 0;

  /// What the call with this key was answered, if that is known without asking anybody.
  [[nodiscard]] virtual std::optional<call_answer> find_answer(const append_key& key) const = 0;

  virtual void save_snapshot(payload state, std::function<void(tl::expected<void, failure>)> then) = 0;
  [[nodiscard]] virtual std::optional<payload> snapshot() const = 0;

  /// The position kept for readers without cursor (inboxes); 0: none.
  virtual void keep_position(offset_t at) = 0;
  [[nodiscard]] virtual offset_t kept_position() const = 0;
};

/// What a store has on disk.
struct disk_use {
  std::uint64_t file_bytes = 0;    ///< its files
  std::uint64_t kept_bytes = 0;    ///< of them, what is kept
  std::uint64_t waiting_bytes = 0; ///< of what waits to be written
  std::uint64_t syncs = 0;         ///< so far
  std::uint64_t refusals = 0;      ///< so far, because too much waited
  std::uint64_t channels = 0;      ///< that it knows
};

/// Where publications get their offset and are kept.
///
/// Guarantee, which the contract suite (tests/actors/stores/store_contract.hpp) holds every store to:
///  - offsets of a partition rise by one within an epoch, in the order of `append`;
///  - `kept` is called once per append, in the order of the appends, after the publication can be read back;
///  - a page holds every kept publication after `since` in order, or says that some are lost;
///  - what is dropped is dropped from the oldest; a partition that lost its head gets a new epoch;
///  - an append with a key that its publisher used within `key_ttl` answers with the first one's position and keeps
///    nothing; the same text of another publisher is another key. Past `keys_per_publisher` the publisher's oldest is
///    forgotten, past `keys` the oldest of whoever has most: nobody's keys push out those of one that has fewer;
///  - answers to calls are known as keys of appends are, and count with them; one over `answer_bytes` is known by a
///    `too_large` in its place. Past `answer_bytes_per_channel` the oldest of whoever has most bytes are forgotten;
///  - `save_snapshot` and `keep_answer` are answered once, when the snapshot, or the answer, would be handed to the next
///    owner, whatever dies meanwhile that the store outlives.
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

  /// All that is kept in memory, of channels that live and of those that do not.
  [[nodiscard]] virtual std::size_t bytes() const = 0;
  [[nodiscard]] virtual disk_use disk() const { return {}; }

  /// Why it cannot keep or read everything at present, for operators; nothing: it can.
  [[nodiscard]] virtual std::optional<std::string> trouble() const { return std::nullopt; }
};

} // namespace troupe::actors
