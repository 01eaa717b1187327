#pragma once

#include "transports/outbox.hpp"
#include "transports/response_text.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace troupe::transports {

/// The response a connection is writing: what of it is queued, what is still to be read, and who hears of its end.
///
/// Pure: it knows no socket. Owner: an HTTP connection. Bounded: what `body` holds, then a piece at a time.
class outgoing_response {
 public:
  using end_callback = std::function<void(bool written)>;

  void on_end(end_callback tell) { tell_ = std::move(tell); }

  /// For whoever tells it, once.
  [[nodiscard]] end_callback take_on_end() { return std::exchange(tell_, nullptr); }

  /// Queues its head, and the part of its body that is here.
  void begin(outbox& out, http_response r, std::string_view date, response_options how);

  /// Position in the outbox where it begins.
  [[nodiscard]] std::uint64_t begins_at() const noexcept { return begins_at_; }

  /// Nothing of it is left to be read.
  [[nodiscard]] bool is_queued() const noexcept { return left_ == 0; }

  /// Where the next piece is read; null: there is none, or one is being read.
  [[nodiscard]] std::shared_ptr<body_source> take_source() { return std::exchange(rest_, nullptr); }

  /// Queues the piece that was read. False: it is not what was promised to the client.
  [[nodiscard]] bool add(outbox& out, std::shared_ptr<body_source> from, std::string bytes);

  /// It is not going on.
  void drop() noexcept { rest_ = nullptr; }

 private:
  end_callback tell_;
  std::shared_ptr<body_source> rest_;
  std::uint64_t left_ = 0; // bytes of the rest
  std::uint64_t begins_at_ = 0;
};

} // namespace troupe::transports
