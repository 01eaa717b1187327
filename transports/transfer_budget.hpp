#pragma once

#include <boost/intrusive/list.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace troupe::transports {

/// How a transfer has gone on, as far as it was looked at: when its bytes changed, and when room was made. A value.
class transfer_course {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// It begins with what has moved by then.
  transfer_course(std::uint64_t moved, time_point now) noexcept
      : began_(now), went_on_(now), moved_(moved), before_{now, moved}, last_{now, moved} {}

  void look(std::uint64_t moved, time_point now) noexcept;

  [[nodiscard]] std::chrono::duration<double> age(time_point now) const noexcept { return now - began_; }
  [[nodiscard]] std::chrono::duration<double> stands_for(time_point now) const noexcept { return now - went_on_; }
  /// Bytes a second, of the last second or two; since it began, if that is all there is.
  [[nodiscard]] double pace(time_point now) const noexcept;

 private:
  struct look_back {
    time_point at;
    std::uint64_t moved;
  };

  time_point began_, went_on_;
  std::uint64_t moved_;
  look_back before_, last_; // at least a second apart, once there were two
};

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
  std::unique_ptr<transfer_course> course_; // while it is
};

/// What the clients of one shard make it hold in unfinished transfers, bounded in sum by `limits.transfer_bytes`.
///
/// Past the limit some are cut off, until a quarter is free. First those that stand still or trickle: who would take long to
/// get through what it holds at the pace of the last second, so that who holds much must move much; less than 4 KiB are
/// taken for as many. Then the largest of those that have just begun and showed no pace yet. Then those that go on, the
/// slowest first, and last the largest of those that wait for us.
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
