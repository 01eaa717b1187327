#pragma once
/// How a channel reaches one shard: one ordered stream of effect batches, with credit.
///
///     live --no credit--> behind (backlog) --credit, all caught up--> live
///
/// Credit: `link_batches` and `link_bytes` that the shard has not acknowledged. A link without it sends nothing; see
/// backlog for what then happens to what the channel says.
/// A link none of whose sessions is a member gets no publications; before its next member joins, `skipped` tells the
/// shard where the stream is.
/// Owner: the channel_runtime. Thread: the channel's. Ends: closed with its shard, or when the shard names it anew.

#include "actors/link/backlog.hpp"
#include "actors/link/effect_queue.hpp"

#include <deque>
#include <functional>
#include <utility>

namespace troupe::actors {

class link;

/// What a link needs of its channel.
class link_host {
 public:
  using page_reader = std::function<void(tl::expected<history_page, failure>)>;

  virtual void send(const link& over, effect_batch_ptr batch) = 0;
  virtual void read(offset_t since, page_reader then) = 0;
  [[nodiscard]] virtual const std::string& epoch() const = 0;

 protected:
  ~link_host() = default;
};

class link : public std::enable_shared_from_this<link> {
 public:
  struct limits {
    std::size_t batches = 256;
    std::size_t bytes = 4 * 1024 * 1024;
  };

  link(const command_batch& first, limits most);

  // -- saying -----------------------------------------------------------------

  void say(outbound_item item);
  void say(effect_slot_ptr slot);
  /// A slot of this link alone.
  [[nodiscard]] effect_slot_ptr reserve();
  [[nodiscard]] effect_queue& queue() noexcept { return queue_; }

  /// Sends what is ready and has credit. `regardless`: of credit, at the channel's end.
  void flush(link_host& host, bool regardless = false);

  // -- credit -----------------------------------------------------------------

  void acknowledged(std::uint32_t batches);
  [[nodiscard]] bool has_credit() const noexcept;

  // -- members ----------------------------------------------------------------

  void member_came(bool presence) noexcept { ++members_, presence_readers_ += presence ? 1 : 0; }
  void member_went(bool presence) noexcept { --members_, presence_readers_ -= presence ? 1 : 0; }
  [[nodiscard]] std::size_t members() const noexcept { return members_; }
  [[nodiscard]] std::size_t presence_readers() const noexcept { return presence_readers_; }
  [[nodiscard]] std::vector<session_id> take_overflowed() { return backlog_.take_overflowed(); }

  /// A publication was not said here, because nobody would read it.
  void pass_over() noexcept { passed_over_ = true; }
  /// Whether the shard has to be told where the stream is.
  [[nodiscard]] bool take_passed_over() noexcept { return std::exchange(passed_over_, false); }

  // -- knowing ----------------------------------------------------------------

  [[nodiscard]] bool is(const command_batch& b) const { return slot_ == b.slot && from_ == b.from; }
  [[nodiscard]] const shard_handle& from() const noexcept { return from_; }
  [[nodiscard]] std::uint32_t shard() const noexcept { return shard_; }
  [[nodiscard]] std::uint64_t slot() const noexcept { return slot_; }
  [[nodiscard]] bool behind() const noexcept { return backlog_.active(); }
  [[nodiscard]] bool idle() const noexcept { return queue_.empty() && !backlog_.active(); }
  [[nodiscard]] const backlog& owed() const noexcept { return backlog_; }

  void close();

 private:
  void catch_up(link_host& host);
  void take_page(link_host& host, tl::expected<history_page, failure> page);
  void send(link_host& host, std::vector<outbound_item> items);

  const shard_handle from_;
  const std::uint32_t shard_;
  const std::uint64_t slot_;
  const limits most_;
  bool closed_ = false;
  bool passed_over_ = true; // a new link's shard knows nothing yet, or what an earlier actor said
  effect_queue queue_;
  backlog backlog_;
  bool reading_ = false;    // a page for the backlog is on its way
  bool regardless_ = false; // of credit
  offset_t position_ = 0;   // of the last publication that was passed on
  std::deque<std::size_t> under_way_;
  std::size_t under_way_bytes_ = 0;
  std::size_t members_ = 0;
  std::size_t presence_readers_ = 0;
};

using link_ptr = std::shared_ptr<link>;

} // namespace troupe::actors
