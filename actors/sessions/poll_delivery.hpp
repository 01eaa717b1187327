#pragma once

#include "actors/hosting/timer_wheel.hpp"
#include "actors/sessions/poll_body.hpp"
#include "actors/sessions/session.hpp"
#include "transports/exchange.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe::actors {

/// A session over long polling: polls come, wait or are answered at once, and go; the session stays for its lease.
///
/// Two ways to acknowledge. A poll with `cursor` says itself where its client stands; nothing is kept here. A poll of
/// an inbox without cursor stands at the position kept with the channel, which moves only when a response was
/// written. The kernel has taken a small response before anything else happens here, so a poll that its client sends
/// next is not told the same again. All that wait get the messages.
/// The first poll of a session is answered at once, empty if need be, so that its client can go on from there; not
/// that of an inbox without cursor, whose position is kept anyway.
/// Owner: the session. Thread: the shard's.
/// Bounded: polls that wait (`polls_per_user`, `polls_per_session`), a response by `page_bytes` and one message.
class poll_delivery final : public delivery {
 public:
  /// `user`: an inbox. `joins`: how many channels it is entering. `envelopes`: how it is answered.
  poll_delivery(session& owner, std::string user, std::size_t joins, bool envelopes);
  ~poll_delivery() override { end(protocol::close_code::none, {}); }

  /// A poll comes, with the cursor it brought. If too many wait, the oldest is answered, but at most once a second;
  /// then the newcomer is told 429.
  void poll(transports::exchange_ptr by, std::optional<poll_cursor> cursor);

  /// The first poll of a client whose session has been resumed by this: it is answered at once.
  void come_back(transports::exchange_ptr by, std::uint64_t received);

  // -- delivery ---------------------------------------------------------------

  void deliver() override;
  void say(const protocol::server_message& m) override;
  void join_settled(const protocol::error* refusal) override;
  void end(protocol::close_code code, std::string_view reason) override;
  [[nodiscard]] std::size_t queued() const override { return 0; }
  [[nodiscard]] std::size_t held_bytes() const override;
  [[nodiscard]] traffic moved() const override { return {0, sent_}; }
  [[nodiscard]] bool blocked() const override { return true; } // until its client asks
  [[nodiscard]] bool attached() const override { return !waiting_.empty(); }
  [[nodiscard]] transport_kind transport() const override { return transport_kind::poll; }
  void serve(session& owner) override { session_ = &owner; }
  bool hand_over(std::uint64_t received) override;
  void resumed(const protocol::resumed& m) override;
  /// A cursor, which names them all, must fit into a request.
  [[nodiscard]] std::size_t channels_max() const override;

 private:
  struct waiter {
    transports::exchange_ptr by;
    std::vector<poll_position> positions; ///< where its client stands
    bool has_cursor = false;
    bool at_once = false; ///< is answered even if there is nothing to tell
    std::uint64_t count = 0; ///< messages its client has been told
    std::unique_ptr<timer> hold;
  };
  using waiters = std::list<waiter>;

  /// A channel that this session is out of: for a tab that shares it and was between two polls.
  struct ended {
    protocol::unsubscribed word;
    position up_to; ///< of what was to be heard before it; without epoch: not known
  };

  struct poll_answer {
    waiters::iterator to;
    poll_body body;
    std::vector<poll_position> positions; ///< behind what it tells
    std::uint64_t said;             ///< and of `said_`
    std::uint64_t count;            ///< messages told with it
  };

  /// Where its client stands if an answer has arrived.
  struct checkpoint {
    std::uint64_t count = 0;
    std::vector<poll_position> positions;
    std::uint64_t said = 0; ///< and of `said_`
  };

  [[nodiscard]] bool is_inbox() const noexcept { return !user_.empty(); }
  void wait_for_answer(transports::exchange_ptr by, std::vector<poll_position> positions, std::uint64_t count,
                       bool has_cursor, bool at_once);
  void remember(checkpoint what, std::uint64_t after);
  void take_to(const checkpoint& where);
  [[nodiscard]] bool make_room();
  void settle_places();
  void place_new(std::vector<poll_position>& positions) const;
  void answer_all();
  [[nodiscard]] poll_answer compose(waiters::iterator w);
  void respond(poll_answer with);
  void written(const std::vector<poll_position>& positions, std::uint64_t count);
  void heard(std::uint64_t said, std::uint64_t count);
  void acknowledge(const std::vector<poll_position>& positions, std::uint64_t count);
  void note_end(const subscription& of);
  void tell_ends(poll_body& body, std::vector<poll_position>& positions);
  void come_in_again();
  void refuse_all(const failure& why);
  [[nodiscard]] bool answers_wait() const;
  void hold_over(waiters::iterator w);
  void forget(waiters::iterator w);

  session* session_;
  const std::string user_;
  const bool envelopes_;
  std::uint64_t sent_ = 0; // bytes of answers
  std::size_t joins_; // not answered yet
  bool any_joined_ = false;
  bool comes_back_ = false; // its client hears what it has not, whatever the limits
  std::vector<poll_position> kept_; // of an inbox: where polls without cursor stand
  std::uint64_t kept_count_ = 0;    // likewise
  bool continues_ = false;          // its client came from elsewhere,
  checkpoint start_;                // from there
  std::deque<checkpoint> answered_; // the latest, at most `checkpoints_max`
  std::uint64_t arrived_ = 0;       // messages, as the furthest cursor says
  std::uint64_t forgotten_ = 0;     // whoever has fewer lacks something that was said to it alone, and cannot have it
  std::optional<protocol::resumed> goes_on_; // to be told with the next answer
  std::deque<protocol::server_message> said_; // to be told with the next answer
  std::uint64_t said_before_ = 0;             // arrived, and forgotten
  std::deque<ended> ended_;                   // the latest, at most `sse_channels`
  waiters waiting_;
  std::optional<std::chrono::steady_clock::time_point> made_room_; // last
  std::shared_ptr<char> alive_ = std::make_shared<char>(); // responses may be written after we are gone
};

} // namespace troupe::actors
