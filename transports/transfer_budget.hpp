#pragma once

#include <boost/intrusive/list.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace troupe::transports {

/// Something that moves through one connection and lies in our memory until it is over: a request or a message that is
/// being read, a response that its client has not taken.
///
/// Owner: the connection. Thread: the I/O thread of its shard. Ends: `transfer_budget::hold` with 0 bytes, which every
/// way out of a connection must reach.
class transfer : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  virtual ~transfer() = default;

  /// Bytes that have moved since it began.
  [[nodiscard]] virtual std::uint64_t moved() const = 0;

  /// It is our turn: its client has sent all that we read, or taken all that there is, and its pace tells nothing of it.
  [[nodiscard]] virtual bool waits_for_us() const = 0;

  /// Lets go of its bytes now, by ending the connection; calls nobody before it returns.
  virtual void cut_off() = 0;

 private:
  friend class transfer_budget;
  std::size_t bytes_ = 0; // 0: not on the list
  std::chrono::steady_clock::time_point since_{};
};

/// What the clients of one shard make it hold in unfinished transfers, bounded in sum by `limits.transfer_bytes`.
///
/// Past the limit the slowest are cut off, until a quarter is free: a client that stops half-way, or trickles, makes way
/// for those that go on. Slow is what takes long to get through what it holds, so that who holds much must move much; less
/// than 4 KiB are taken for as many. What has just begun, or waits for us, is not judged by that: while there are others it
/// is spared, then the largest go.
/// Pure: it knows no socket and reads no clock. Owner: the shard_io. Thread: the I/O thread of its shard.
class transfer_budget {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit transfer_budget(std::size_t bytes_max) noexcept : bytes_max_(bytes_max) {}

  /// From now on `t` holds `bytes`; 0: it is over. Returns how many were cut off for it, perhaps `t` itself.
  std::size_t hold(transfer& t, std::size_t bytes, time_point now);

  void release(transfer& t) noexcept;

  [[nodiscard]] std::size_t held() const noexcept { return held_; }

 private:
  std::size_t make_room(time_point now);

  const std::size_t bytes_max_;
  std::size_t held_ = 0;
  boost::intrusive::list<transfer, boost::intrusive::constant_time_size<false>> all_;
};

} // namespace troupe::transports
