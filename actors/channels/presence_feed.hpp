#pragma once

#include "actors/channels/channel_parts.hpp"
#include "actors/channels/link_table.hpp"
#include "actors/channels/membership.hpp"
#include "actors/link/presence_changes.hpp"

#include <optional>

namespace troupe::actors {

/// What those who read presence are told of who is in a channel: everybody, once, then what changes, together once per
/// `channels.presence_interval`. Whoever applies it knows the truth of that moment.
///
///     named --more than presence_members or page_bytes--> crowded   (told: how many)
///       ^-----------half of both: told everybody--------------'
///
/// Owner: the channel_runtime. Thread: the channel's. Bounded: nobody is named past `limits.presence_members`;
/// of changes at most twice as many wait.
class presence_feed {
 public:
  using time_point = channel_clock::steady_time;

  presence_feed(const channel_parts& parts, const membership& members, const link_table& links)
      : parts_(parts), members_(members), links_(links), changes_(parts.name) {}

  // -- what happens -----------------------------------------------------------

  void came(const attendance& who); ///< is in
  void went(const member& who);     ///< is out
  void turned(const member& who);

  /// Somebody is given a list of who is there.
  void listed() noexcept { changes_.listed(); }

  /// The readers of a link may have missed something.
  void tell_anew();

  // -- what is told -----------------------------------------------------------

  /// Who is there, for one that begins to read.
  [[nodiscard]] protocol::presence_change everybody();

  /// Tells what is due.
  void tell();
  [[nodiscard]] std::optional<time_point> next_deadline() const noexcept { return due_; }

 private:
  [[nodiscard]] bool is_over(std::size_t part) const;
  void crowd();
  void too_much_happened();
  void forget();
  void arm();
  [[nodiscard]] std::optional<protocol::presence_change> next();
  [[nodiscard]] protocol::presence_change number() const;

  const channel_parts& parts_;
  const membership& members_;
  const link_table& links_;
  presence_changes changes_;
  std::optional<time_point> due_;     // something has changed
  std::optional<std::uint64_t> told_; // how many, while there are too many to name
  bool crowded_ = false;
  bool anew_ = false;
};

} // namespace troupe::actors
