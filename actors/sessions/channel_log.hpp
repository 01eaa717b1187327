#pragma once
/// The last things one channel said to everybody, as one shard keeps them: already encoded, read by cursors.
///
/// Every entry has a sequence number of this log; publications that are kept also have their offset. Entries are
/// encoded on first reading, once per wire form, into chunks that all readers share.
/// Owner: the shard's channel_entry. Thread: the shard's. Ends: when the last subscription leaves.
/// Bounded: `entries_max` and `bytes_max` (publications, encoded forms and pinned chunks together); the oldest go.

#include "protocol/messages.hpp"
#include "protocol/wire_form.hpp"
#include "transports/chunk.hpp"

#include <troupe/publication.hpp>

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

namespace troupe::actors {

using sequence = std::uint64_t;

/// Of one log or of all logs of a shard.
struct log_ledger {
  std::size_t bytes = 0;       ///< that chunks hold; pinned chunks count until the last socket lets go
  std::uint64_t encodings = 0; ///< once per entry and wire form, however many read it
};

/// One reader's rights: entries that name it in `except`, or that are about presence, may not be for it.
struct log_reader {
  session_id who;
  bool presence = false;
};

/// Consecutive entries in one wire form.
struct log_run {
  transports::slice bytes; ///< empty: nothing of it is for this reader
  sequence next = 0;       ///< where to go on
  std::size_t entries = 0; ///< that are for the reader
};

class channel_log {
 public:
  struct bounds {
    std::size_t entries_max = 1024;
    std::size_t bytes_max = 1024 * 1024;
    std::size_t shard_bytes_max = 256 * 1024 * 1024;
  };

  channel_log(std::string channel, bounds limits, std::shared_ptr<log_ledger> shard_total);
  ~channel_log();
  channel_log(const channel_log&) = delete;
  channel_log& operator=(const channel_log&) = delete;

  // -- appending --------------------------------------------------------------

  /// Appends `p`; its offset, if any, is above the last one.
  void append(publication_ptr p);

  /// For readers who asked for presence.
  void append(protocol::presence_change change);

  /// Forgets everything and goes on at `at`: readers behind find themselves behind the tail, and before `begun`.
  void restart(const position& at);

  // -- knowing ----------------------------------------------------------------

  [[nodiscard]] sequence tail() const noexcept { return tail_; }           ///< the oldest entry
  [[nodiscard]] sequence head() const noexcept { return tail_ + entries_.size(); } ///< one past the newest
  [[nodiscard]] sequence begun() const noexcept { return begun_; } ///< where it began, or went on last
  [[nodiscard]] offset_t head_offset() const noexcept { return head_offset_; }
  [[nodiscard]] const std::string& epoch() const noexcept { return epoch_; }
  [[nodiscard]] const std::string& channel() const noexcept { return channel_; }
  [[nodiscard]] std::size_t bytes() const noexcept;

  /// The offset of the last publication before entry `at` (tail <= at <= head).
  [[nodiscard]] offset_t offset_before(sequence at) const;

  /// Where a reader that has everything up to `offset` goes on; nothing if that is behind the tail.
  [[nodiscard]] std::optional<sequence> after(offset_t offset) const;

  /// The publication of entry `at`; null if it is about presence.
  [[nodiscard]] const publication_ptr& publication_at(sequence at) const { return entries_[at - tail_].what; }
  [[nodiscard]] bool is_for(sequence at, const log_reader& reader) const;

  // -- reading ----------------------------------------------------------------

  /// Entries from `from` (at least the tail) up to `to`, as far as they lie together in one chunk, and about
  /// `room` bytes (at least one entry).
  [[nodiscard]] log_run read(sequence from, sequence to, protocol::wire_form_id form, const log_reader& reader,
                             std::size_t room);

  [[nodiscard]] std::uint64_t encodings() const noexcept { return own_->encodings; }

 private:
  struct entry {
    publication_ptr what; // null: presence
    std::shared_ptr<const protocol::presence_change> presence;
    offset_t offset = 0;  // of the last kept publication up to and including this one
    bool restricted = false;
  };
  struct encoding {
    transports::chunk_ptr where; // null: not encoded yet
    std::uint32_t begin = 0;
    std::uint32_t size = 0;
  };
  struct lane { // one wire form
    std::deque<encoding> encodings; // from `base`
    sequence base = 0;
    transports::chunk_ptr open; // the chunk that is being filled
  };

  void push(entry e);
  void trim();
  void drop_oldest();
  const encoding& encoded(sequence at, protocol::wire_form_id form);
  void encode(encoding& into, lane& of, const entry& e, protocol::wire_form_id form);
  [[nodiscard]] std::size_t publication_bytes(const entry& e) const;

  const std::string channel_;
  const bounds limits_;
  std::string epoch_;
  std::deque<entry> entries_;
  sequence tail_ = 1;
  sequence begun_ = 1;
  offset_t head_offset_ = 0;
  offset_t tail_offset_ = 0; // offset before the oldest entry
  std::size_t publications_bytes_ = 0;
  std::shared_ptr<log_ledger> own_;
  std::shared_ptr<log_ledger> shard_total_;
  std::array<std::unique_ptr<lane>, protocol::wire_form_count> lanes_;

  // The last run: a thousand readers at one cursor ask for the same bytes.
  struct {
    protocol::wire_form_id form{};
    sequence from = 0, to = 0;
    std::size_t room = 0;
    log_run run;
  } last_;
};

} // namespace troupe::actors
