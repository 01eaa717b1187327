#pragma once

#include <troupe/publication.hpp>

#include <functional>
#include <memory>
#include <vector>

namespace troupe::actors {

/// The appends that the store has not answered yet, in order, and what is to happen at a point between them.
///
/// With a store that answers at once the line is always empty. Owner: the publication_stream. Thread: the channel's.
class pending_appends {
 public:
  using action = std::function<void(offset_t head)>;

  struct waiting_append {
    bool answered = false;
    offset_t head = 0; ///< of the channel after it
    std::vector<action> then;
  };
  using waiting_ptr = std::shared_ptr<waiting_append>;

  /// A point in the channel's stream.
  struct point {
    waiting_ptr last; ///< null: nothing was waiting
    offset_t head = 0;
  };

  explicit pending_appends(offset_t head) : head_(head) {}

  // -- appends ----------------------------------------------------------------

  [[nodiscard]] waiting_ptr begin();

  /// In the order of `begin`; `head` is the channel's from here on.
  void answered(const waiting_ptr& append, offset_t head);

  /// One that never waited, with none waiting before it.
  void answered(offset_t head) noexcept { head_ = head; }

  // -- points -----------------------------------------------------------------

  [[nodiscard]] point now() const { return {last_, head_}; }

  /// Runs `what` with the head as it is at `where`, as soon as that is known: perhaps at once.
  void at(const point& where, action what);

  [[nodiscard]] offset_t head() const noexcept { return head_; }
  [[nodiscard]] bool idle() const noexcept { return last_ == nullptr; }

 private:
  offset_t head_;
  waiting_ptr last_; // null: all are answered
};

} // namespace troupe::actors
