#pragma once

#include "actors/containers/histogram.hpp"
#include "actors/messages/by_transport.hpp"
#include "protocol/error_code.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace troupe::actors {

/// A number with one writer: an increment costs a plain addition.
class counter {
 public:
  counter& operator++() noexcept { return *this += 1; }
  counter& operator+=(std::uint64_t n) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    return *this;
  }
  counter& operator--() noexcept { return *this -= 1; }
  counter& operator-=(std::uint64_t n) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) - n, std::memory_order_relaxed);
    return *this;
  }
  operator std::uint64_t() const noexcept { return value_.load(std::memory_order_relaxed); }
  /// A number as it is now, instead of what it was.
  void set(std::uint64_t n) noexcept { value_.store(n, std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// Errors, by their code: one writer.
class errors_by_code {
 public:
  void count(error_code which, std::uint64_t n = 1) noexcept { all_[static_cast<std::size_t>(which)] += n; }
  [[nodiscard]] std::uint64_t of(error_code which) const noexcept { return all_[static_cast<std::size_t>(which)]; }
  /// Of whatever code.
  operator std::uint64_t() const noexcept {
    std::uint64_t sum = 0;
    for (const auto& n : all_)
      sum += n;
    return sum;
  }

 private:
  std::array<counter, protocol::error_code_count> all_;
};

/// What one shard counts: written by its thread only, read by anybody who asks for metrics.
struct shard_counters {
  by_transport<counter> sessions;           ///< now
  counter raw;                              ///< clients of raw mounts now
  counter polls_waiting;                    ///< requests held open now
  counter subscriptions;                    ///< of sessions to channels now
  counter sessions_opened, sessions_closed, sessions_resumed;
  counter sessions_detached; ///< without a connection now
  counter detached_bytes;    ///< held for them
  counter private_lost;      ///< clients that came back, and not all was there that was said to them alone
  counter messages_received; ///< client messages, not pongs or plain GETs
  counter messages_sent;     ///< publications and private messages, once per client
  counter publications;      ///< taken from channels, once per shard
  counter encodings;         ///< of publications and presence changes: once per wire form
  errors_by_code errors;     ///< told to clients, refused requests included
  counter gaps, overflows, heartbeats_lost, busy, crashes;
  counter stalled;           ///< clients that took nothing for `heartbeat.stalled`
  counter commands_refused;  ///< that came too fast
  counter too_fast;          ///< clients closed for going on in spite of that
  counter connections_accepted, connections_refused, connections_closed;
  counter bytes_in, bytes_out;
  counter http_requests, http_bad_requests, http_timeouts;
  counter responses_too_slow, transfers_cut_off;
  counter ws_bad_handshakes, ws_protocol_errors, ws_too_large;
  counter commands_waiting;      ///< handed to channels or on their way, now
  counter commands_waiting_most; ///< of one channel, at the most within the last second
  counter lag_most;              ///< entries between the slowest blocked client and its log's head, at the last look
  counter log_bytes;
  counter pinned_bytes; ///< of logs that went on, which only sockets hold
  histogram deliveries; ///< from a publication's cause to the sockets of its readers here
};

} // namespace troupe::actors
