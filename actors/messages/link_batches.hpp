#pragma once
/// The part of the catalogue that travels over links: commands from a shard to a channel, effects back.
///
/// One batch per channel and turn one way, one ordered batch per link and turn the other. Sent as shared pointers
/// (`command_batch_ptr`, `effect_batch_ptr`); the sender never touches a batch again.
///
/// Commands and effect batches of a link are numbered from 1, so that one that comes twice, late or not at all is noticed:
/// twice and late are ignored; after a hole the reader's end names the link anew, its members come in again from
/// where they stand, and commands that were under way are answered `unavailable`.

#include "actors/messages/catalogue.hpp"

#include <algorithm>
#include <chrono>
#include <concepts>
#include <memory>
#include <utility>

namespace troupe::actors {

using command_number = std::uint64_t; ///< of a link, from 1; 0: none
using batch_number = std::uint64_t;   ///< of effects of a link, from 1; 0: none

/// One link, as its reader's end named it. Never named so again.
struct link_id {
  std::uint64_t node = 0;        ///< whose end it is
  std::uint64_t incarnation = 0; ///< of that node, since its start
  std::uint32_t end = 0;         ///< a shard of it
  std::uint64_t slot = 0;        ///< rises with every link that the end names

  /// The same end, which has at most one link with a channel at a time.
  [[nodiscard]] bool same_end(const link_id& o) const noexcept {
    return node == o.node && incarnation == o.incarnation && end == o.end;
  }
  friend bool operator==(const link_id&, const link_id&) = default;
};

// -- commands: shard to channel, one batch per channel and turn ---------------

/// A client comes in. `since` and `kept_position` say where its stream starts.
struct join {
  member who;
  payload params;
  std::optional<position> since;
  bool kept_position = false; ///< start at the position kept with the channel (inboxes), else at history's beginning
  bool presence = false;
  bool again = false; ///< the shard repeats a join for a channel actor that was started anew
};

/// A member goes, is taken out by the API (`kicked`), or is gone. The first two are answered: by `left`, or to one that was out
/// already by `said`.
struct leave {
  leave_reason why = leave_reason::left;
};

/// A member's client has lost its connection, or is back. Said again, it changes nothing.
struct whereabouts {
  bool there = true;
};

/// A member who reads presence may have missed changes: it is told who is there.
struct tell_presence {};

/// The next page of a replay: publications after `since`.
struct read_on {
  offset_t since = 0;
};

/// Keeps `at` with the channel (inboxes): what was written to a reader without cursor.
struct keep_position {
  offset_t at = 0;
};

/// The application, from outside: to one member, between what is said to all.
struct push_to {
  session_id to;
  std::string event;
  payload data;
};

struct channel_command {
  session_id from;          ///< a client, or a shard's own number for a request of its API (then `trusted`)
  bool trusted = false;     ///< the node's API: no membership asked, `on_publish` skipped
  protocol::request_id id;  ///< of the client, comes back in the answer
  std::variant<join, leave, whereabouts, tell_presence, read_on, keep_position, protocol::publish, protocol::call, protocol::answer,
               protocol::history, protocol::presence, push_to>
      body;
  std::string user{};       ///< of the client, if it has one: a publisher need not be a member
  payload data{};           ///< `member::data` of it
};

/// How long whoever sends a call waits for its answer; `by_default` if it does not say.
[[nodiscard]] inline std::chrono::milliseconds call_timeout(const protocol::call& c, std::chrono::milliseconds by_default) {
  constexpr std::chrono::milliseconds least{1}, most = std::chrono::minutes{5};
  return c.timeout ? std::clamp(std::chrono::milliseconds{*c.timeout}, least, most) : by_default;
}

struct command_batch {
  link_id from;
  command_number first = 1;       ///< of `commands`, which follow each other; with none, of the next
  batch_number effects_taken = 0; ///< all up to this one
  bool probe = false;             ///< asks for a batch, so that either end notices what it missed
  std::chrono::steady_clock::time_point sent{}; ///< when the shard handed it over; of one node's clock
  std::vector<channel_command> commands;
};

// -- effects: channel to shard, one ordered batch per link and handled message -

/// Append to the log. Everybody whom it is for (`publication::is_for`) reads it.
struct published {
  publication_ptr what;
};

/// A message to one client, after all publications before it in the stream.
struct said {
  session_id to;
  protocol::server_message what;
  command_number answers = 0; ///< the command it is the answer to; 0: unasked
};

/// A join was accepted. The client starts at `what.at`: first these pages, then the log from here on.
struct page {
  std::vector<publication_ptr> items;
  bool last = true;                    ///< false: ask for more with `read_on`
  std::optional<protocol::gap> missed; ///< history was lost since the last page
};
struct joined {
  session_id who;
  protocol::subscribed what;
  page replay;
  bool again = false;
  offset_t head = 0; ///< the channel's, at this place in the stream
  std::optional<protocol::presence_change> there{}; ///< who is, for one that reads presence
};
struct read_page {
  session_id who;
  page replay;
};

/// A join was refused.
struct join_refused {
  session_id who;
  protocol::error what;
};

/// The last word to a member; nothing of the channel follows it.
struct left {
  session_id who;
  protocol::unsubscribed what;
  leave_reason why = leave_reason::left;
};

/// For those who asked for presence only.
struct presence_changed {
  protocol::presence_change what;
};

/// The channel goes on in another epoch (its store lost what it had): logs start anew, members get a gap.
struct epoch_changed {
  position at;
};

/// A link that had run out of credit skipped publications: its log goes on at `at`; readers catch up with `read_on`.
struct skipped {
  position at;
};

/// A value on the heap, so that what holds it stays small and moves cheaply. A copy is one of the value.
template <class T>
class boxed {
 public:
  boxed(T what) : held_(std::make_unique<T>(std::move(what))) {}
  boxed(const boxed& other) : held_(std::make_unique<T>(*other)) {}
  boxed(boxed&&) noexcept = default;
  boxed& operator=(boxed other) noexcept {
    held_ = std::move(other.held_);
    return *this;
  }
  ~boxed() = default;

  [[nodiscard]] T& operator*() noexcept { return *held_; }
  [[nodiscard]] const T& operator*() const noexcept { return *held_; }

 private:
  std::unique_ptr<T> held_; // null only when moved from
};

/// Publications, which are many, lie in it as they are.
using effect = std::variant<published, boxed<said>, boxed<joined>, boxed<join_refused>, boxed<read_page>, boxed<left>,
                            boxed<presence_changed>, boxed<epoch_changed>, boxed<skipped>>;

/// `e` as a `T`; null if it is something else.
template <class T>
[[nodiscard]] const T* effect_as(const effect& e) noexcept {
  if constexpr (std::same_as<T, published>)
    return std::get_if<published>(&e);
  else if (const auto* held = std::get_if<boxed<T>>(&e))
    return &**held;
  else
    return nullptr;
}
template <class T>
[[nodiscard]] T* effect_as(effect& e) noexcept {
  return const_cast<T*>(effect_as<T>(std::as_const(e)));
}

/// Calls `what` with the `published`, `said`, … that `e` is.
template <class F, class Effect>
decltype(auto) visit_effect(F&& what, Effect& e) {
  return std::visit(
      [&what](auto& held) -> decltype(auto) {
        if constexpr (requires { *held; })
          return what(*held);
        else
          return what(held);
      },
      e);
}

struct effect_batch {
  link_id to;
  batch_number number = 0;
  bool broken = false; ///< the channel's end missed commands and says nothing more here: name the link anew
  /// When what caused it was handed over: the commands, or, if the channel spoke by itself, the turn. Of one node's clock.
  std::chrono::steady_clock::time_point caused{};
  std::vector<effect> effects;
  std::vector<command_number> completed; ///< each command once: done, answered or not
  std::size_t bytes = 0;                 ///< of what it carries, for credit
};

} // namespace troupe::actors
