#pragma once

#include <troupe/member.hpp>
#include <troupe/outlet.hpp>

#include <caf/actor.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace troupe {

// -- what an actor hears ------------------------------------------------------

/// Part of each message: while copies of it live, what follows may wait. It is dropped with the message; an actor that
/// keeps a whole message keeps back its own stream, so keep what is in it.
using hearing = std::shared_ptr<const void>;

/// The first: it is a client now, by this id. `member::id` in channels, `member::transport` is `actor`.
struct heard_welcome {
  session_id self;
};

/// It is in: publications follow from `at` on.
struct heard_joined {
  std::string channel;
  position at;
  std::optional<bool> recovered; ///< only if `since` was given
  payload data;                  ///< of `on_join`
  hearing mark{};
};

/// Something was said to all.
struct heard {
  std::string channel;
  publication_ptr what;
  hearing mark{};
};

/// Something was said to it alone.
struct heard_push {
  std::string channel, event;
  payload data;
  hearing mark{};
};

/// It fell behind `limits.log_entries`, or the store forgot: publications are gone.
struct heard_gap {
  std::string channel;
  position at;
  std::optional<std::uint64_t> missed; ///< none: nobody knows how many
  hearing mark{};
};

/// Who is there has changed; only if it asked for presence.
struct heard_presence {
  /// A member, as it is now.
  struct one {
    session_id session;
    std::string user;
    payload data;
    bool away = false;
  };
  std::string channel;
  bool everybody = false; ///< `joined` are all who are there; else those that came
  bool only_count = false; ///< too many to be named
  std::vector<one> joined, left;
  std::vector<std::pair<session_id, bool>> turned; ///< away, or back (false)
  std::uint64_t count = 0;
  hearing mark{};
};

/// The channel asks: `actor_client::answer`.
struct heard_question {
  std::string channel, event;
  std::uint64_t ask = 0;
  payload data;
  hearing mark{};
};

/// The answer to a publication or call with that `id`, or the refusal of anything (id 0: of what had none).
struct heard_answer {
  std::int64_t id = 0;
  std::string channel; ///< empty: not about one channel
  outlet_answer what;
  hearing mark{};
};

/// It is out.
struct heard_left {
  std::string channel, reason;
  hearing mark{};
};

/// The last: it is no client any more.
struct heard_closed {
  std::string reason;
};

// -- what it says -------------------------------------------------------------

/// How an actor comes into a channel.
struct join_options {
  payload params{};
  std::optional<position> since{};
  bool presence = false; ///< hears who comes and goes
};

/// An actor of the application's as a client of the node: a member of the channels that it joins, as others are over a
/// WebSocket, with the same rights, limits and order.
///
///     class ticker_printer : public caf::event_based_actor {
///      public:
///       ticker_printer(caf::actor_config& cfg, troupe::node& node) : caf::event_based_actor(cfg), node_(node) {
///         set_default_handler(caf::drop); // of what it does not care to hear
///       }
///       caf::behavior make_behavior() override {
///         me_ = node_.client(this);
///         me_.join("prices:tea");
///         return {[](const troupe::heard& h) { std::puts(std::string{h.what->data.json()}.c_str()); }};
///       }
///       troupe::node& node_;
///       troupe::actor_client me_;
///     };
///
/// What it hears comes as messages of the types above, in the order of its channels; no more than a batch waits in its
/// mailbox: an actor that is slow falls behind the log, and hears of a gap, as any client.
/// A value: copies are one client. Thread: any. Bounded: as an outlet.
/// Ends: `close`, the actor's end, or the node's; channels then hear its leave (`left`, or `lost` if the actor has died).
class actor_client {
 public:
  /// Of nobody: says `stopped`.
  actor_client() = default;

  handed join(std::string channel, join_options how = {}) const;
  handed leave(std::string channel) const;

  /// As its member: `on_publish` decides. With an `id` other than 0 a `heard_answer` tells what became of it.
  template <class T>
  handed publish(std::string channel, std::string event, const T& data, std::int64_t id = 0) const {
    return publish_payload(std::move(channel), std::move(event), outlet::to_payload(data), id);
  }
  /// Calls the channel's handler; a `heard_answer` with the id has the reply.
  template <class T>
  handed call(std::string channel, std::string event, const T& data, std::int64_t id) const {
    return call_payload(std::move(channel), std::move(event), outlet::to_payload(data), id);
  }
  /// Answers a `heard_question`.
  template <class T>
  handed answer(std::uint64_t ask, const T& data) const {
    return answer_payload(ask, outlet::to_payload(data));
  }

  /// Leaves all channels; `heard_closed` is the last it hears.
  handed close() const;

  // -- used by the library ----------------------------------------------------

  explicit actor_client(std::shared_ptr<outlet::queue> to) : queue_(std::move(to)) {}

 private:
  handed publish_payload(std::string channel, std::string event, payload data, std::int64_t id) const;
  handed call_payload(std::string channel, std::string event, payload data, std::int64_t id) const;
  handed answer_payload(std::uint64_t ask, payload data) const;

  std::shared_ptr<outlet::queue> queue_;
};

} // namespace troupe

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::heard_welcome)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::heard_joined)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::heard)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::heard_push)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::heard_gap)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::heard_presence)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::heard_question)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::heard_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::heard_left)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::heard_closed)
