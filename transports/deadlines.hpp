#pragma once

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/intrusive/list.hpp>

#include <chrono>
#include <memory>

namespace troupe::transports {

/// Who must be done by a time. Owner: itself; on at most one queue.
class deadline_entry {
 public:
  virtual ~deadline_entry() = default;

  /// Time is over; the entry has left the queue.
  virtual void on_deadline() = 0;

  void leave_deadline() noexcept { hook_.unlink(); }

 private:
  friend class deadlines;
  using hook = boost::intrusive::list_member_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;
  hook hook_;
  std::chrono::steady_clock::time_point until_{};
};

/// Who must be done within the same span of time: a queue in order of entering, with one timer for all.
///
/// Entering, leaving and entering again are a splice, without touching the timer; so each request can do it.
/// Owner: the shard_io. Thread: the I/O thread of its shard. An entry leaves by itself when it is destroyed.
class deadlines : public std::enable_shared_from_this<deadlines> {
 public:
  deadlines(boost::asio::io_context& context, std::chrono::milliseconds span) : timer_(context), span_(span) {}

  /// From now on `e` has the whole span; it leaves the queue it was in.
  void enter(deadline_entry& e);

  /// Nobody is called any more.
  void close();

 private:
  using clock = std::chrono::steady_clock;
  using list = boost::intrusive::list<
    deadline_entry,
    boost::intrusive::member_hook<deadline_entry, deadline_entry::hook, &deadline_entry::hook_>,
    boost::intrusive::constant_time_size<false>>;

  void arm();
  void expire();

  boost::asio::basic_waitable_timer<clock, boost::asio::wait_traits<clock>, boost::asio::io_context::executor_type>
    timer_;
  std::chrono::milliseconds span_;
  list entries_;
  bool armed_ = false;
  bool closed_ = false;
};

} // namespace troupe::transports
