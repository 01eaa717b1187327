#pragma once

#include "actors/containers/fifo.hpp"
#include "protocol/messages.hpp"
#include "protocol/wire_form.hpp"
#include "transports/chunk.hpp"

#include <troupe/publication.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe::actors {

using sequence = std::uint64_t;

class log_budget;

/// Bytes of all logs of a shard. Chunks know it until the last socket lets go.
struct log_ledger {
  std::size_t held = 0;        ///< by logs: publications and their encoded forms
  std::size_t pinned = 0;      ///< chunks that no log holds any more, but sockets do
  std::uint64_t encodings = 0; ///< once per entry and wire form, however many read it
};

/// What a chunk counts for in `log_ledger::pinned`: nothing while a log holds it, or if it is of none.
[[nodiscard]] std::size_t pinned_bytes(const transports::chunk& what);

/// One reader's rights: entries that name it in `except`, that are for others only, or about presence, may not be for it.
struct log_reader {
  session_id who;
  bool presence = false;
};

/// Consecutive entries in one wire form.
struct log_run {
  transports::slice bytes; ///< empty: nothing of it is for this reader
  sequence next = 0;       ///< where to go on
  std::size_t entries = 0; ///< that are for the reader
  bool all_numbered = true; ///< each of them has an offset
};

/// Of a log: for readers who are behind and want the last of each event only.
struct latest_entry {
  sequence at = 0;
  std::size_t next_of_event = 0; ///< index of the next one of the same event; 0: none
};
using latest_view = std::vector<latest_entry>;

/// A link of a ring of logs; alone it points to itself.
class log_link {
 public:
  log_link() noexcept = default;
  ~log_link() { unlink(); }
  log_link(const log_link&) = delete;
  log_link& operator=(const log_link&) = delete;

 private:
  friend class log_budget;
  void unlink() noexcept {
    previous_->next_ = next_;
    next_->previous_ = previous_;
    next_ = previous_ = this;
  }
  void link_before(log_link& other) noexcept {
    unlink();
    next_ = &other;
    previous_ = other.previous_;
    previous_->next_ = other.previous_ = this;
  }

  log_link* next_ = this;
  log_link* previous_ = this;
};

/// The last things one channel said to everybody, as one shard keeps them: already encoded, read by cursors.
///
/// Every entry has a sequence number; publications that are kept also have their offset. Entries are encoded on first
/// reading, once per wire form, into chunks that all readers share. Where publications are missing between two entries
/// lies a *break*, which is nobody's: who crosses it is told what it missed.
/// Owner: the shard's channel_entry. Thread: the shard's. Ends: when the last subscription leaves.
/// Bounded: `entries_max` and `bytes_max` (publications and their encoded forms, not what only sockets still hold),
/// and the shard's log_budget; the oldest go.
class channel_log : public log_link {
 public:
  struct bounds {
    std::size_t entries_max = 1024;
    std::size_t bytes_max = 1024 * 1024;
  };

  /// `shard_total` outlives it.
  channel_log(std::string channel, bounds limits, log_budget& shard_total);
  ~channel_log();
  channel_log(const channel_log&) = delete;
  channel_log& operator=(const channel_log&) = delete;

  // -- appending --------------------------------------------------------------

  /// Appends `p`; its offset, if any, is above the last one.
  void append(publication_ptr p);

  /// For readers who asked for presence.
  void append(protocol::presence_change change);

  /// The stream goes on behind `at`; what lies before that, and behind the head, is not in this log. Nothing happens if
  /// that is nothing; in another epoch, or further back, the log begins anew.
  void skip(const position& at);

  /// Forgets everything and goes on at `at`: readers behind find themselves behind the tail, and before `begun`.
  void restart(const position& at);

  // -- knowing ----------------------------------------------------------------

  [[nodiscard]] sequence tail() const noexcept { return tail_; }           ///< the oldest entry
  [[nodiscard]] sequence head() const noexcept { return tail_ + entries_.size(); } ///< one past the newest
  [[nodiscard]] sequence begun() const noexcept { return begun_; } ///< where it began, or went on last
  [[nodiscard]] offset_t head_offset() const noexcept { return head_offset_; }
  [[nodiscard]] const std::string& epoch() const noexcept { return epoch_; }
  [[nodiscard]] const std::string& channel() const noexcept { return channel_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return publications_bytes_ + chunks_bytes_; } ///< that it holds

  /// The offset of the last publication before entry `at` (tail <= at <= head).
  [[nodiscard]] offset_t offset_before(sequence at) const;

  /// Where a reader that has everything up to `offset` goes on; nothing if what follows is not all here.
  [[nodiscard]] std::optional<sequence> after(offset_t offset) const;

  [[nodiscard]] bool is_for(sequence at, const log_reader& reader) const;

  /// Whether entry `at` is a break: a reader goes on behind it, with a gap if it missed something.
  [[nodiscard]] bool is_break(sequence at) const noexcept;

  /// From here on nothing is missing up to the head: behind the last break, or the tail.
  [[nodiscard]] sequence whole_from() const noexcept { return breaks_.empty() ? tail_ : breaks_.back() + 1; }

  // -- reading ----------------------------------------------------------------

  /// Entries from `from` (at least the tail, and no break) up to `to` or the next break, as far as they lie together
  /// in one chunk, and about `room` bytes (at least one entry). What is encoded for it takes room: entries before the
  /// run's end may go, never what follows.
  [[nodiscard]] log_run read(sequence from, sequence to, protocol::wire_form_id form, const log_reader& reader,
                             std::size_t room);

  /// One entry as it was said, for a reader within the process; nothing of it if it is not for that one. No break.
  struct value {
    publication_ptr said;                                     ///< else
    std::shared_ptr<const protocol::presence_change> presence; ///< else neither
    bool numbered = false;                                    ///< it has an offset
  };
  [[nodiscard]] value value_at(sequence at, const log_reader& reader) const;

  /// Of each event the last publication, and before it those which some may read who may not read the last. All that
  /// ask before the log changes get the same.
  [[nodiscard]] std::shared_ptr<const latest_view> latest();

  [[nodiscard]] std::uint64_t encodings() const noexcept { return encodings_; }

 private:
  friend class log_budget;

  enum class kind : std::uint8_t { publication, presence, gap };
  struct entry {
    std::shared_ptr<const void> what; // publication or presence_change
    offset_t offset = 0;              // of the last kept publication up to and including this one
    kind is = kind::publication;
    bool restricted = false;

    [[nodiscard]] const troupe::publication& as_publication() const noexcept {
      return *static_cast<const troupe::publication*>(what.get());
    }
    [[nodiscard]] const protocol::presence_change& as_presence() const noexcept {
      return *static_cast<const protocol::presence_change*>(what.get());
    }
  };
  struct encoding {
    transports::chunk_ptr where; // a log_chunk; null: not encoded yet
    std::uint32_t begin = 0;
    std::uint32_t size = 0;
  };
  struct lane { // one wire form
    fifo<encoding> encodings; // from `base` on
    sequence base = 0;
    transports::chunk_ptr open; // a log_chunk, which is being filled
    // The last run: a thousand readers at one cursor ask for the same bytes.
    sequence from = 0, to = 0;
    log_run run;
  };

  void push(entry e);
  void make_room(sequence keep);
  void drop_oldest();
  void let_go(lane& of, encoding& from);
  void close_chunk(lane& of);
  void release(transports::chunk& used);
  log_run read_run(lane& of, sequence from, sequence to, protocol::wire_form_id form, const log_reader& reader,
                   std::size_t room);
  lane& lane_of(protocol::wire_form_id form);
  const encoding& encoded(lane& of, sequence at, protocol::wire_form_id form);
  void encode(encoding& into, lane& of, const entry& e, protocol::wire_form_id form);
  [[nodiscard]] sequence next_break(sequence from) const noexcept;
  [[nodiscard]] static std::size_t bytes_of(const entry& e);

  const std::string channel_;
  const bounds limits_;
  log_budget& shard_total_;
  std::string epoch_;
  fifo<entry> entries_;
  fifo<sequence> breaks_; // in order
  sequence tail_;
  sequence begun_;
  offset_t head_offset_ = 0;
  offset_t tail_offset_ = 0; // offset before the oldest entry
  std::size_t publications_bytes_ = 0;
  std::size_t chunks_bytes_ = 0;
  std::uint64_t encodings_ = 0;
  bool grew_ = false; // by a chunk, since room was made last
  std::array<std::unique_ptr<lane>, protocol::wire_form_count> lanes_;
  std::shared_ptr<const latest_view> latest_; // null: not asked for since the last change
  std::uint8_t size_class_ = 0;               // the budget's
};

} // namespace troupe::actors
