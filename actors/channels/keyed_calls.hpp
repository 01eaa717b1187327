#pragma once

#include "actors/channels/answers.hpp"
#include "actors/stores/store.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace troupe::actors {

/// Calls with a key: the object hears each once, and all who repeat it get the one answer.
///
///     new --> under way --answered--> being kept --> known, for `channels.key_ttl`
///      ^          |                    |      ^
///      |          |                 failed  repeated
///      |          |                    v      |
///      |          |                     held -´   at most for `channels.key_ttl`, while the channel lives
///      `----------`-- failed, or told to come again: nothing was decided
///
/// Who waits hears the answer once the store has it: who repeats the call over another connection, or after a crash, gets
/// the same. Its place is where it was given: what is said to its caller meanwhile waits behind it. If the store cannot keep it they hear `unavailable`; the object is not asked again, but the store is.
/// What is under way belongs to its key, not to who asked first: that one may time out, leave and come back over another
/// connection, and waits again. It ends with its promise, its object, or after `channels.key_ttl`.
/// Owner: the channel_runtime. Thread: the channel's.
/// Bounded: under way are at most `calls_per_session` of one publisher, and `keys_per_channel` of all; of who waits,
/// `calls_per_session` of each session. Held are at most `answer_bytes_per_channel`; past it the call is as if new.
class keyed_calls {
 public:
  using result = answers::result;
  using continuation = answers::continuation;
  /// Takes the place of an answer among all that its caller is told, now; what comes out gives it.
  using place = std::function<continuation()>;

  keyed_calls(const channel_parts& parts, answers& owed, partition& kept, turns& when)
      : parts_(parts), answers_(owed), partition_(kept), turns_(when) {}

  // -- again ------------------------------------------------------------------

  /// What the call was answered, if it was.
  [[nodiscard]] std::optional<result> answered(const append_key& key) const { return partition_.find_answer(key); }
  [[nodiscard]] bool under_way(const append_key& key);
  /// `where` gets the answer of one that is under way, or `timeout`, or why `caller` no longer waits.
  void wait(const append_key& key, session_id caller, std::chrono::milliseconds timeout, place where);

  // -- the first time ---------------------------------------------------------

  /// The name of the limit that forbids another; null: none does.
  [[nodiscard]] const char* limit_passed(const append_key& key) const;
  /// From now on it is under way, until `end`.
  void begin(const append_key& key) { under_way_[key]; }
  /// How long the object may take, where its caller waits for `timeout`.
  [[nodiscard]] std::chrono::milliseconds time_of(std::chrono::milliseconds timeout) const {
    return std::max(timeout, parts_.settings.channels.key_ttl);
  }
  /// Keeps an answer that is one, and gives it to those who wait: soon, or within the call.
  void end(const append_key& key, const result& what);

  // -- knowing ----------------------------------------------------------------

  /// Nothing is under way, or held.
  [[nodiscard]] bool idle();
  /// The store has not answered for all.
  [[nodiscard]] bool keeping() const noexcept { return keeping_ != 0; }

 private:
  struct waiter {
    call_table::ticket ticket;
    place where;
  };

  struct held_answer {
    result what;
    std::size_t bytes;
    std::chrono::steady_clock::time_point until;
  };
  struct call_run {
    std::vector<waiter> waiting{};
    bool being_kept = false;
    std::vector<continuation> placed{}; // of those who hear it then
    std::optional<held_answer> held{};  // that could not be kept
  };

  [[nodiscard]] static bool is_final(const result& what);
  void keep(const append_key& key, const result& what);
  void tell_all(const append_key& key, const result& what);
  void hold(const append_key& key, const result& what);
  [[nodiscard]] result take(call_run& run);
  void forget_held();

  const channel_parts& parts_;
  answers& answers_;
  partition& partition_;
  turns& turns_;
  std::map<append_key, call_run> under_way_; // those of a publisher lie beside each other
  std::size_t keeping_ = 0;
  std::size_t held_bytes_ = 0;
};

} // namespace troupe::actors
