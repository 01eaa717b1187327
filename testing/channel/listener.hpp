#pragma once

#include "actors/messages/link_batches.hpp"
#include "testing/answer_state.hpp"

#include <troupe/testing/channel_client.hpp>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace troupe::testing {

/// What a listener causes. Thread: the test's.
class listener_host {
 public:
  virtual void settle(const protocol::request_id& id, std::variant<std::monostate, payload, failure> result) = 0;
  /// Wants the pages after `since`.
  virtual void read_on(session_id who, offset_t since) = 0;

 protected:
  ~listener_host() = default;
};

/// One client of a channel_bench: what the channel's effects are to it, as its shard would have it. First the pages of its
/// replay, then what was said meanwhile, then what is said.
///
///     out --join--> joining --joined--> in (perhaps replaying) --left--> out
///
/// While its connection is lost it hears nothing; all waits for it.
/// Owner: the bench, which is its host. Thread: the test's.
class listener {
 public:
  enum class phase : std::uint8_t { out, joining, in };

  listener(listener_host& host, session_id id, client_details who) : host_(host), id_(id), who_(std::move(who)) {}

  // -- what the channel says --------------------------------------------------

  void take(const actors::published& what);
  void take(actors::said& what);
  void take(actors::joined& what);
  void take(actors::join_refused& what);
  void take(actors::read_page& what);
  void take(actors::left& what);
  void take(actors::presence_changed& what);
  void take(const actors::epoch_changed& what);
  void take(const actors::skipped&) {}
  /// An answer in the channel's stead.
  void answered(const protocol::error& what) { tell(what); }

  // -- its connection ---------------------------------------------------------

  void drop(std::chrono::steady_clock::time_point now) { away_since_ = now; }
  void come_back();
  /// Out for good, without a word.
  void forget();
  [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> away_since() const noexcept { return away_since_; }

  // -- joining ----------------------------------------------------------------

  [[nodiscard]] actors::join join_with(payload params, std::optional<position> since);
  /// The same for an actor that was started anew.
  [[nodiscard]] actors::join join_again() const;
  std::shared_ptr<answer_state> joined; ///< of its last join; null: it never asked
  protocol::request_id join_id;         ///< of the one that is under way

  // -- knowing ----------------------------------------------------------------

  [[nodiscard]] session_id id() const noexcept { return id_; }
  [[nodiscard]] const client_details& who() const noexcept { return who_; }
  [[nodiscard]] phase now() const noexcept { return phase_; }
  [[nodiscard]] const position& at() const noexcept { return at_; }
  [[nodiscard]] const std::vector<heard_message>& heard() const noexcept { return heard_; }
  [[nodiscard]] std::string news();
  /// The number of the oldest question that it has not answered; nothing: there is none.
  std::optional<std::uint64_t> next_ask();

 private:
  /// In its order: behind the replay, and behind the loss of the connection.
  void in_order(std::function<void()> what);
  void deliver(std::function<void()> what);
  void hear(heard_message what) { heard_.push_back(std::move(what)); }
  void hear(const publication& what);
  void replay(actors::page& pages);
  void tell(const protocol::server_message& what);

  listener_host& host_;
  const session_id id_;
  const client_details who_;
  phase phase_ = phase::out;
  payload params_;
  position at_;
  bool replaying_ = false;
  std::deque<std::function<void()>> behind_replay_, behind_loss_;
  std::optional<std::chrono::steady_clock::time_point> away_since_;
  std::vector<heard_message> heard_;
  std::size_t read_ = 0, asks_looked_at_ = 0;
};

} // namespace troupe::testing
