#pragma once

#include "actors/messages/by_transport.hpp"

#include <atomic>
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
  counter& operator-=(std::uint64_t n) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) - n, std::memory_order_relaxed);
    return *this;
  }
  operator std::uint64_t() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
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
  counter errors;            ///< also refused client messages
  counter gaps, overflows, heartbeats_lost, busy, crashes;
  counter stalled;           ///< clients that took nothing for `heartbeat.stalled`
  counter connections_accepted, connections_refused, connections_closed;
  counter bytes_in, bytes_out;
  counter http_requests, http_bad_requests, http_timeouts;
  counter responses_too_slow, transfers_cut_off;
  counter ws_bad_handshakes, ws_protocol_errors, ws_too_large;
  counter log_bytes;
  counter pinned_bytes; ///< of logs that went on, which only sockets hold
};

} // namespace troupe::actors
