#pragma once

#include "config/settings.hpp"
#include "transports/blocking_work.hpp"
#include "transports/byte_stream.hpp"
#include "transports/deadlines.hpp"
#include "transports/request_handler.hpp"
#include "transports/transfer_budget.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/intrusive/list.hpp>

#include <array>
#include <ctime>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace troupe::transports {

class connection_permit;
class tcp_stream;

/// Something with a socket that keeps itself alive until it is closed; on the list of its shard_io.
class tracked_connection : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  /// Closes the socket and lets go of itself, calling nobody.
  virtual void evict() = 0;

  /// Closes if nobody waits for anything from it.
  virtual void close_if_idle() {}

 protected:
  ~tracked_connection() = default;
};

/// A socket with its request on the way from one shard to another.
struct migrating_request {
  int fd = -1;
  std::string peer;
  std::string left_over; ///< read beyond the request
  http_request request;
};

/// The end of the server on one shard: its loop, its handler, its limits, and all that is open there.
///
/// Owner: the server; shared with every connection, since those may outlive the server's call. Thread: the I/O thread
/// of the shard, or, when the loop has ended, whoever joined it. After `close` it calls the handler no more.
class shard_io : public std::enable_shared_from_this<shard_io> {
 public:
  shard_io(boost::asio::io_context& context, request_handler& handler, std::size_t index, std::size_t shards,
       const config::limit_settings& limits);

  // -- what connections need --------------------------------------------------

  [[nodiscard]] boost::asio::io_context& context() noexcept { return context_; }
  [[nodiscard]] const config::limit_settings& limits() const noexcept { return limits_; }
  [[nodiscard]] std::size_t index() const noexcept { return index_; }

  /// Null once closed.
  [[nodiscard]] request_handler* handler() noexcept { return handler_; }

  void count(transport_event event, std::uint64_t n = 1);

  /// The whole request; idle between two; until a response is looked at again; an end that the peer must take.
  void within_request_time(deadline_entry& e) { request_->enter(e); }
  void within_idle_time(deadline_entry& e) { idle_->enter(e); }
  void within_response_window(deadline_entry& e) { response_->enter(e); }
  void within_closing_time(deadline_entry& e) { closing_->enter(e); }

  /// Bytes that a client takes at least of a response within `span`.
  [[nodiscard]] std::uint64_t least_in(std::chrono::milliseconds span) const {
    return limits_.response_rate * static_cast<std::uint64_t>(span.count()) / 1000;
  }

  /// Runs what may block elsewhere, then `then` on this loop, if `owner` still lives.
  template <class Owner, class Work, class Then>
  void run_blocking(std::weak_ptr<Owner> owner, Work work, Then then) {
    blocking_->run([&context = context_, owner = std::move(owner), work = std::move(work), then = std::move(then)]() mutable {
      boost::asio::post(context, [owner = std::move(owner), then = std::move(then), made = work()]() mutable {
        if (const auto alive = owner.lock())
          then(*alive, std::move(made));
      });
    });
  }

  /// `t` makes us hold that many bytes. Others may be cut off for it, or `t` itself.
  void hold(transfer& t, std::size_t bytes);

  /// For bytes that are looked at before the handler returns.
  [[nodiscard]] std::span<char> scratch() noexcept { return scratch_; }

  /// The value of a Date header (RFC 9110 section 5.6.7).
  [[nodiscard]] const std::string& date();

  [[nodiscard]] std::unique_ptr<byte_stream> make_byte_stream(int fd) const;

  void settle(tracked_connection& r) { tracked_.push_back(r); }

  /// Responses say `Connection: close` from now on.
  void drain() noexcept { draining_ = true; }
  [[nodiscard]] bool draining() const noexcept { return draining_; }

  // -- from the server --------------------------------------------------------

  void set_byte_streams(byte_stream_factory byte_streams) { byte_streams_ = std::move(byte_streams); }
  void set_blocking(std::shared_ptr<blocking_work> where) { blocking_ = std::move(where); }

  /// Takes a connection whose request belongs to another of the `shards` shards.
  using mover = std::function<void(std::size_t to, migrating_request, connection_permit)>;
  void set_mover(std::size_t shards, mover m) { shards_ = shards, mover_ = std::move(m); }
  [[nodiscard]] std::size_t shards() const noexcept { return shards_; }
  void move_on(std::size_t to, migrating_request t, connection_permit permit);

  void close_idle();
  void close();

 private:
  boost::asio::io_context& context_;
  request_handler* handler_;
  std::size_t index_;
  config::limit_settings limits_;
  std::shared_ptr<deadlines> request_;
  std::shared_ptr<deadlines> idle_;
  std::shared_ptr<deadlines> response_;
  std::shared_ptr<deadlines> closing_;
  transfer_budget transfers_;
  boost::intrusive::list<tracked_connection, boost::intrusive::constant_time_size<false>> tracked_;
  byte_stream_factory byte_streams_;
  std::shared_ptr<blocking_work> blocking_;
  std::size_t shards_ = 1;
  mover mover_;
  std::time_t date_of_ = 0;
  std::string date_;
  bool draining_ = false;
  std::array<char, 16 * 1024> scratch_;
};

using shard_io_ptr = std::shared_ptr<shard_io>;

} // namespace troupe::transports
