#pragma once

#include "actors/hosting/timer_wheel.hpp"
#include "actors/messages/catalogue.hpp"

#include <troupe/handshake.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <variant>

namespace troupe::actors {

class shard;

/// Null: nobody has said who it is.
using identity_ptr = std::shared_ptr<const identity>;

/// Asks the application (`node::on_connect`) who the clients of one shard are, and waits for what it answers later.
///
/// Owner: the shard, whose end is an answer, too. Thread: the shard's; promises are kept on any.
/// Bounded: `limits.handshakes` are asked about, `limits.handshakes_queued` more wait their turn, each for
/// `session.connect_timeout` in all; an identity by `limits.identity_bytes`.
class handshakes {
 public:
  using answer = std::variant<identity_ptr, failure>;
  using answer_callback = std::function<void(answer)>;
  using post_function = std::function<void(handshake_settled)>;

  explicit handshakes(shard& home);
  ~handshakes();
  handshakes(const handshakes&) = delete;
  handshakes& operator=(const handshakes&) = delete;

  /// How kept promises come back to the shard's thread, from any other. Before the first `ask`.
  void settle_by(post_function post);

  /// Whether the application has such a hook.
  [[nodiscard]] bool asks() const noexcept;

  /// Exactly one call of `then` follows, unless the client is forgotten. 0: it has been made already; else the number
  /// under which the client waits.
  std::uint64_t ask(handshake::facts what, answer_callback then);
  /// The client has gone.
  void forget(std::uint64_t number) { asked_.erase(number), queue_.erase(number); }
  void settle(const handshake_settled& what);
  /// Asks about some of those who wait their turn, if there is room. True: more could be asked about at once.
  bool ask_queued();
  /// Those that may try again are told to at different moments, none later than `why` says.
  void refuse_all(const failure& why);

 private:
  class mailbox;
  class promised;
  struct waiting {
    answer_callback then;
    timer deadline;
    handshake::facts who{}; // until it is asked about
  };
  using waiting_ptr = std::unique_ptr<waiting>;

  [[nodiscard]] std::size_t asked_max() const;
  [[nodiscard]] std::optional<answer> ask_hook(std::uint64_t number, handshake::facts what);
  [[nodiscard]] connect_result call_hook(const handshake& who);
  [[nodiscard]] answer judged(std::variant<identity, failure> said);
  [[nodiscard]] waiting_ptr wait(std::uint64_t number, answer_callback then);
  void finish(std::uint64_t number, answer what);

  shard& home_;
  std::shared_ptr<mailbox> mailbox_;
  std::uint64_t last_ = 0;
  std::unordered_map<std::uint64_t, waiting_ptr> asked_;
  std::map<std::uint64_t, waiting_ptr> queue_; // the longest first
};

} // namespace troupe::actors
