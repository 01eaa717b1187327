#pragma once
/// The reader's end of a link: commands on their way to a channel, and what of its effects has been taken.

#include "actors/messages/link_batches.hpp"

#include <chrono>
#include <vector>

namespace troupe::actors {

/// A command that was handed to a link, and is not completed.
struct command_under_way {
  command_number number = 0;
  session_id from;
  protocol::request_id id;
  std::size_t bytes = 0;
  std::chrono::steady_clock::time_point due; ///< told `timeout` then, if it has no answer yet
  bool answered = false;
  bool timed_out = false; ///< who asked was told so, and waits no more
  bool joins = false;     ///< it is a join, or one that is repeated
};

/// One reader's end (a shard, or later a relay) of its link with one channel: numbers and bounds the commands that go out,
/// and notices what comes in twice, late or not at all. Knows neither sessions nor who is behind the link.
///
///     commands:  send --> waiting --take_batch--> under way --complete--> (gone)
///     the link:  numbered from 1 --hole, or its channel lost: renew--> another link, numbered from 1
///
/// Owner: the channel's entry of a shard. Thread: the shard's. Ends: with its entry; what is under way then has no answer.
/// Bounded: commands waiting and under way by `channel_commands` and `channel_command_bytes`.
class shard_end {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  static constexpr time_point never = time_point::max();

  /// `limits` may change (reload) and outlives this.
  shard_end(const link_id& id, const config::limit_settings& limits) : id_(id), limits_(limits) {}

  // -- commands out -----------------------------------------------------------

  /// False: too many wait (never for what `must` go: joins that are repeated, leaves, and the like).
  [[nodiscard]] bool send(channel_command what, bool must, time_point due = never);

  /// Whether `send` would take one with so many bytes of data.
  [[nodiscard]] bool has_room(std::size_t data_bytes) const noexcept;

  /// What is to be sent now: commands, or what was taken if the channel must hear it. Null: nothing.
  [[nodiscard]] command_batch_ptr take_batch();

  /// The next batch asks for one of the channel, so that either end notices what it missed.
  void probe() noexcept { probe_ = true; }

  // -- effects in -------------------------------------------------------------

  enum class arrival : std::uint8_t {
    fresh, ///< the next one: use it
    known, ///< came before, or belongs to a link that was named anew since: ignore it
    hole,  ///< something is missing: `renew`
  };
  [[nodiscard]] arrival arrive(const effect_batch& batch);

  /// Whether the answer to a command is still waited for; asked once for each.
  [[nodiscard]] bool answer(command_number to);

  /// Takes out those that are under way.
  [[nodiscard]] std::vector<command_under_way> complete(const std::vector<command_number>& done);

  /// The channel would soon run out of credit: do not wait for commands to go along.
  [[nodiscard]] bool owes_word() const noexcept;

  // -- recovery ---------------------------------------------------------------

  /// Another link, with nothing sent and nothing heard. Hands out what was waiting or under way.
  /// `greet`: the channel is there and has to hear of it, even if nobody has a command.
  [[nodiscard]] std::vector<command_under_way> renew(const link_id& id, bool greet);

  // -- time -------------------------------------------------------------------

  /// When a command is due at the earliest; may be early if that has been completed.
  [[nodiscard]] time_point next_deadline() const noexcept { return next_deadline_; }

  /// Those that are due: to be told `timeout`. They stay under way.
  [[nodiscard]] std::vector<command_under_way> expire(time_point now);

  /// Nothing was heard since the last time this was asked, and something should have been.
  [[nodiscard]] bool has_been_silent() noexcept;

  // -- knowing ----------------------------------------------------------------

  [[nodiscard]] const link_id& id() const noexcept { return id_; }
  [[nodiscard]] bool idle() const noexcept { return under_way_.empty(); }
  /// `channel_commands` of them; else it is their bytes that do not fit.
  [[nodiscard]] bool is_full() const noexcept { return under_way_.size() >= limits_.channel_commands; }
  [[nodiscard]] bool has_waiting() const noexcept { return !waiting_.empty(); }
  [[nodiscard]] std::size_t under_way() const noexcept { return under_way_.size(); }
  [[nodiscard]] std::size_t bytes_under_way() const noexcept { return bytes_; }

 private:
  [[nodiscard]] std::vector<command_under_way>::iterator find(command_number number);

  link_id id_;
  const config::limit_settings& limits_;
  std::vector<channel_command> waiting_;
  std::vector<command_under_way> under_way_; // by number; those waiting, too
  std::size_t bytes_ = 0;
  command_number last_command_ = 0;
  batch_number taken_ = 0, told_ = 0;
  std::size_t untold_bytes_ = 0;
  time_point next_deadline_ = never;
  bool greet_ = false;
  bool probe_ = false;
  bool heard_ = true;
};

} // namespace troupe::actors
