#pragma once

#include "actors/sessions/poll_cursor.hpp"
#include "actors/sessions/subscription.hpp"

#include <optional>
#include <string>

namespace troupe::actors {

/// The response of one poll, read from where its client stands without moving anything: what is not written is told
/// again by the next poll.
/// Owner: whoever composes the response. Thread: the shard's. Bounded: `bytes_max` and one message.
class poll_body {
 public:
  /// Reads about `bytes_max` bytes. `envelopes`: all in one list, in order; else messages, gaps and the rest apart.
  poll_body(std::size_t bytes_max, bool envelopes) : bytes_max_(bytes_max), envelopes_(envelopes) {}

  /// Adds what `s` has for a client that stands at `at`, and moves `at` behind it. May ask the channel for a page;
  /// then nothing is added yet.
  void read(subscription& s, poll_position& at);

  void add(const protocol::server_message& m);

  [[nodiscard]] bool empty() const noexcept { return messages_.empty() && gaps_.empty() && control_.empty(); }
  [[nodiscard]] std::size_t told() const noexcept { return told_; } ///< messages in it

  /// With the cursor to go on with, and the same positions in clear, for other transports. `goes_on`: of a session that
  /// was resumed.
  [[nodiscard]] std::string text(const poll_cursor& next, const std::optional<protocol::resumed>& goes_on) const;

 private:
  void read_page(subscription& s, poll_position& at);
  void read_log(subscription& s, poll_position& at);
  void add_said(subscription& s, poll_position& at, sequence up_to);
  void add_said_by(subscription& s, poll_position& at, offset_t up_to);
  void add_next_said(const subscription& s, poll_position& at);
  void tell_gap(subscription& s, poll_position& at);
  [[nodiscard]] std::size_t room() const noexcept {
    return messages_.size() < bytes_max_ ? bytes_max_ - messages_.size() : 0;
  }

  [[nodiscard]] protocol::wire_form_id form() const noexcept {
    return envelopes_ ? protocol::wire_form_id::poll_envelope : protocol::wire_form_id::poll;
  }

  const std::size_t bytes_max_;
  const bool envelopes_;
  std::string messages_, gaps_, control_; // array elements, each followed by a comma
  std::size_t told_ = 0;
  std::size_t said_ = 0; // of the subscription being read
};

} // namespace troupe::actors
