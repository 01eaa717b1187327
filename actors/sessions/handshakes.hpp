#pragma once

#include "actors/hosting/running_handlers.hpp"
#include "actors/hosting/timer_wheel.hpp"
#include "actors/messages/catalogue.hpp"
#include "actors/sessions/fair_turns.hpp"

#include <troupe/handshake.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

namespace troupe::actors {

class shard;

/// Null: nobody has said who it is.
using identity_ptr = std::shared_ptr<const identity>;

/// In bytes, as `limits.identity_bytes` bounds it.
[[nodiscard]] std::size_t size_of(const identity& who);

/// Asks the application (`node::on_connect`) who the clients of one shard are, and waits for what it answers later.
///
///     waiting --its turn--> asked about --answer / too late / gone--> known, refused, forgotten
///        |                                 (its place is free once the application has answered)
///        +--half of session.connect_timeout / no room / gone--> refused, forgotten
///
/// Owner: the shard, whose end is an answer, too. Thread: the shard's; promises are kept on any.
/// Bounded: `limits.handshakes` are asked about, also those who have gone while the application still looks;
/// `limits.handshakes_queued` more, of `handshake_queue_bytes_max` bytes, wait their turn, which goes round among
/// addresses. An identity by `limits.identity_bytes`. Who waits has half of `session.connect_timeout` for it and, once
/// asked about, all of it: what was left of one wait would be too little for everybody in a storm.
class handshakes {
 public:
  using answer = std::variant<identity_ptr, failure>;
  using answer_callback = std::function<void(answer)>;
  using post_function = std::function<void(handshake_settled)>;
  using pause_function = std::function<std::chrono::milliseconds()>;

  /// Who asks to be known, for shares and events.
  struct client {
    std::uint64_t address; ///< see address_of
    std::string name;      ///< `address:port`, or a session
  };

  static constexpr std::size_t handshake_queue_bytes_max = 64 * 1024 * 1024; ///< of the node

  /// How many promises are open, on any thread.
  using count = std::shared_ptr<std::atomic<std::size_t>>;

  /// `running`: see running_handlers::entry.
  handshakes(shard& home, count look_ups, running_handlers* running = nullptr);
  ~handshakes();
  handshakes(const handshakes&) = delete;
  handshakes& operator=(const handshakes&) = delete;

  /// How kept promises come back to the shard's thread, from any other. Before the first `ask`.
  void settle_by(post_function post);

  /// Whether the application has such a hook.
  [[nodiscard]] bool asks() const noexcept;

  /// Exactly one call of `then` follows, unless the client is forgotten. 0: it has been made already; else the number
  /// under which the client waits.
  std::uint64_t ask(handshake::facts what, client by, answer_callback then);
  /// The client has gone.
  void forget(std::uint64_t number) { (void)take(number); }
  void settle(const handshake_settled& what);
  /// Asks about some of those who wait their turn, if there is room. True: more could be asked about at once.
  bool ask_queued();
  /// Each is told a pause of its own.
  void refuse_all(const failure& why, const pause_function& pause);
  /// How many clients wait for an answer.
  [[nodiscard]] std::size_t waiting() const noexcept { return asked_.size() + queue_.size(); }

 private:
  class mailbox;
  class promised;
  /// Until there is an answer.
  struct pending {
    answer_callback then;
    timer deadline;
  };
  using pending_ptr = std::unique_ptr<pending>;
  /// Until it is asked about.
  struct queued {
    pending_ptr client;
    handshake::facts facts{};
    std::string name;
  };

  [[nodiscard]] bool may_ask() const;
  [[nodiscard]] std::optional<answer> ask_hook(std::uint64_t number, handshake::facts what);
  [[nodiscard]] connect_result call_hook(const handshake& who);
  [[nodiscard]] answer judged(std::variant<identity, failure> said);
  [[nodiscard]] pending_ptr wait(std::uint64_t number, answer_callback then, std::chrono::milliseconds at_most);
  [[nodiscard]] pending_ptr take(std::uint64_t number);
  [[nodiscard]] bool make_room(const client& by, std::size_t bytes, std::vector<pending_ptr>& out);
  [[nodiscard]] failure try_again(error_code code, std::string why) const;
  void finish(std::uint64_t number, answer what);

  shard& home_;
  std::shared_ptr<mailbox> mailbox_;
  const count look_ups_;
  const running_handlers::entry hook_entry_;
  std::uint64_t last_ = 0;
  std::unordered_map<std::uint64_t, pending_ptr> asked_;
  std::unordered_map<std::uint64_t, queued> queue_;
  fair_turns turns_; // of the queue
};

} // namespace troupe::actors
