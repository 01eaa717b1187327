#pragma once

#include "actors/containers/fifo.hpp"
#include "actors/link/backlog.hpp"
#include "actors/link/effect_queue.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <utility>

namespace troupe::actors {

/// Where a link's batches go: a shard of this node, or whatever stands for one.
class effect_outlet {
 public:
  virtual ~effect_outlet() = default;
  virtual void send(effect_batch_ptr batch) = 0;
};

/// What a link needs of its channel.
class channel_end_host {
 public:
  using page_reader = std::function<void(tl::expected<history_page, failure>)>;

  virtual void read(offset_t since, page_reader then) = 0;
  [[nodiscard]] virtual const std::string& epoch() const = 0;
  /// When what is being said was caused, as `effect_batch::caused` has it.
  [[nodiscard]] virtual std::chrono::steady_clock::time_point caused() const { return {}; }

 protected:
  ~channel_end_host() = default;
};

/// How a channel reaches one shard: one ordered stream of effect batches, with credit.
///
///     live --no credit--> behind (backlog) --credit, all caught up--> live
///
/// Credit: `link_batches` and `link_bytes` that the shard has not taken. A link without it sends nothing; see
/// backlog for what then happens to what the channel says.
/// Commands that come again are ignored. After a hole in their numbers the link is broken: it takes and says nothing more
/// but that, until the shard names it anew.
/// A link none of whose sessions is a member gets no publications; before its next member joins, `skipped` tells the
/// shard where the stream is.
/// Owner: the channel_runtime. Thread: the channel's. Ends: closed with its shard, or when the shard names it anew.
class channel_end : public std::enable_shared_from_this<channel_end> {
 public:
  struct limits {
    std::size_t batches = 256;
    std::size_t bytes = 4 * 1024 * 1024;
  };

  channel_end(const link_id& id, std::unique_ptr<effect_outlet> to, limits most);

  // -- hearing ----------------------------------------------------------------

  struct commands {
    command_number first = 0;
    std::span<channel_command> all;
  };
  /// Notes what the shard has taken and hands out the commands that are new; none after a hole.
  [[nodiscard]] commands take(command_batch& batch);

  // -- saying -----------------------------------------------------------------

  void say(outbound_item item);
  void say(effect_slot_ptr slot);
  /// A slot of this link alone.
  [[nodiscard]] effect_slot_ptr reserve();
  [[nodiscard]] effect_queue& queue() noexcept { return queue_; }

  /// Sends what is ready and has credit. `regardless`: of credit, at the channel's end.
  void flush(channel_end_host& host, bool regardless = false);

  // -- credit -----------------------------------------------------------------

  [[nodiscard]] bool has_credit() const noexcept;
  [[nodiscard]] std::size_t batches_under_way() const noexcept { return under_way_.size(); }
  [[nodiscard]] std::size_t bytes_under_way() const noexcept { return under_way_bytes_; }

  // -- members ----------------------------------------------------------------

  void member_came(bool presence) noexcept { ++members_, presence_readers_ += presence ? 1 : 0; }
  void member_went(bool presence) noexcept { --members_, presence_readers_ -= presence ? 1 : 0; }
  [[nodiscard]] std::size_t members() const noexcept { return members_; }
  [[nodiscard]] std::size_t presence_readers() const noexcept { return presence_readers_; }
  [[nodiscard]] std::vector<session_id> take_overflowed();
  [[nodiscard]] bool take_presence_lost(); ///< its readers have to be told anew who is there

  /// A publication was not said here, because nobody would read it.
  void pass_over() noexcept { passed_over_ = true; }
  /// Whether the shard has to be told where the stream is.
  [[nodiscard]] bool take_passed_over() noexcept { return std::exchange(passed_over_, false); }

  // -- knowing ----------------------------------------------------------------

  [[nodiscard]] const link_id& id() const noexcept { return id_; }
  [[nodiscard]] bool broken() const noexcept { return broken_; }
  [[nodiscard]] bool behind() const noexcept { return backlog_ != nullptr; }
  [[nodiscard]] bool idle() const noexcept { return queue_.empty() && !behind(); }

  void close();

 private:
  void catch_up(channel_end_host& host);
  void take_page(channel_end_host& host, tl::expected<history_page, failure> page);
  void send(std::vector<outbound_item> items);
  void send(effect_batch_ptr batch);
  void taken(batch_number up_to);
  void break_off();

  const link_id id_;
  const std::unique_ptr<effect_outlet> to_;
  const limits most_;
  bool closed_ = false;
  bool broken_ = false;
  bool probed_ = false;            // asked for a batch
  command_number next_command_ = 1;
  batch_number sent_ = 0;
  bool passed_over_ = true; // a new link's shard knows nothing yet, or what an earlier actor said
  effect_queue queue_;
  std::unique_ptr<backlog> backlog_; // while it is behind
  std::chrono::steady_clock::time_point caused_{}; // of what is being sent
  bool reading_ = false;    // a page for the backlog is on its way
  bool regardless_ = false; // of credit
  offset_t position_ = 0;   // of the last publication that was passed on
  fifo<std::size_t> under_way_; // bytes of the batches after those that were taken
  std::size_t under_way_bytes_ = 0;
  std::size_t members_ = 0;
  std::size_t presence_readers_ = 0;
};

using channel_end_ptr = std::shared_ptr<channel_end>;

/// The answer to commands of a link that is not known and does not begin here: its shard names it anew.
[[nodiscard]] effect_batch_ptr broken_link(const link_id& id);

} // namespace troupe::actors
