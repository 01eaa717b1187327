#pragma once

#include <utility>

#include "transports/tcp_stream.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/role.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace troupe::transports {

/// Who learns what passes through an outbox_stream.
class stream_watcher {
 public:
  virtual void on_bytes_read() = 0;

 protected:
  ~stream_watcher() = default;
};

/// Beast's next layer over a tcp_stream: `websocket::stream<outbox_stream>` reads from the socket and writes its pongs into
/// the same outbox that broadcasts go to.
///
/// Writes complete by post; while more than `held_bytes` of what Beast wrote are unsent the completion waits, so that a
/// peer who floods us with pings and does not read is no longer read. One whose outbox is full of what others publish is
/// read on. Beast's own close frame is swallowed, since it always says
/// 1002: the connection hears of the error a moment later and writes the frame with the right code. From there on the
/// stream is sealed: what Beast writes goes nowhere.
/// Owner: Beast's stream. Thread: the I/O thread of its shard. One read and one write may be pending.
class outbox_stream {
 public:
  using executor_type = boost::asio::io_context::executor_type;
  using error_code = boost::system::error_code;

  static constexpr std::size_t held_bytes = 4 * 1024;

  outbox_stream(executor_type executor, tcp_stream_ptr tcp, stream_watcher& watcher, std::string early)
      : executor_(executor), tcp_(std::move(tcp)), watcher_(&watcher), early_(std::move(early)) {}

  executor_type get_executor() const noexcept { return executor_; }

  // -- what Beast calls -------------------------------------------------------

  template <class Buffers, class Handler>
  auto async_read_some(const Buffers& into, Handler&& handler) {
    return boost::asio::async_initiate<Handler, void(error_code, std::size_t)>(
        [this](auto&& h, const Buffers& buffers) { this->start_read(buffers, std::forward<decltype(h)>(h)); }, handler, into);
  }

  template <class Buffers, class Handler>
  auto async_write_some(const Buffers& from, Handler&& handler) {
    return boost::asio::async_initiate<Handler, void(error_code, std::size_t)>(
        [this](auto&& h, const Buffers& buffers) { this->start_write(buffers, std::forward<decltype(h)>(h)); }, handler,
        from);
  }

  /// Only for the handshake's response, which never waits.
  template <class Buffers>
  std::size_t write_some(const Buffers& from, error_code& error) {
    error = {};
    return queue(from);
  }
  template <class Buffers>
  std::size_t write_some(const Buffers& from) {
    return queue(from);
  }

  /// Beast wants a synchronous stream for a synchronous handshake; nothing is read that way.
  template <class Buffers>
  std::size_t read_some(const Buffers&, error_code& error) {
    error = boost::asio::error::would_block;
    return 0;
  }
  template <class Buffers>
  std::size_t read_some(const Buffers&) {
    return 0;
  }

  // -- what the connection calls ----------------------------------------------

  /// From now on Beast writes frames (the handshake's response begins with an H).
  void handshake_done() noexcept { speaks_frames_ = true; }

  /// A close frame was written, or is about to be: nothing may follow it.
  void seal() noexcept { sealed_ = true; }
  [[nodiscard]] bool sealed() const noexcept { return sealed_; }

  /// The tcp_stream can be read.
  void readable();

  /// The tcp_stream has written.
  void written();

  /// While paused the peer's bytes stay in the kernel.
  void pause(bool paused);

  /// Forgets what is pending, and whatever Beast still begins, without completing it.
  void drop();

 private:
  /// A pending operation of Beast's, whatever its type.
  struct waiter {
    virtual ~waiter() = default;
    virtual void complete(error_code error, std::size_t bytes) = 0; // by now
    virtual void post(error_code error, std::size_t bytes) = 0;
  };
  using waiter_ptr = std::unique_ptr<waiter>;

  template <class Handler>
  struct waiting final : waiter {
    explicit waiting(Handler&& h) : handler(std::move(h)) {}
    void complete(error_code error, std::size_t bytes) override { handler(error, bytes); }
    void post(error_code error, std::size_t bytes) override {
      boost::asio::post(boost::beast::bind_handler(std::move(handler), error, bytes));
    }
    Handler handler;
  };

  template <class Handler>
  static waiter_ptr wait(Handler&& h) {
    return std::make_unique<waiting<std::decay_t<Handler>>>(std::decay_t<Handler>(std::forward<Handler>(h)));
  }

  template <class Buffers, class Handler>
  void start_read(const Buffers& into, Handler&& handler) {
    if (dropped_)
      return;
    into_ = {};
    for (auto i = boost::asio::buffer_sequence_begin(into); i != boost::asio::buffer_sequence_end(into); ++i) {
      const boost::asio::mutable_buffer b(*i);
      if (b.size() == 0)
        continue;
      into_ = {static_cast<char*>(b.data()), b.size()}; // the first is enough for "some"
      break;
    }
    read_ = wait(std::forward<Handler>(handler));
    begin_read();
  }

  template <class Buffers, class Handler>
  void start_write(const Buffers& from, Handler&& handler) {
    if (dropped_)
      return;
    write_ = wait(std::forward<Handler>(handler));
    written_ = queue(from);
    post_write_done();
  }

  template <class Buffers>
  std::size_t queue(const Buffers& from) {
    const std::size_t all = boost::asio::buffer_size(from);
    unsigned char first = 0;
    boost::asio::buffer_copy(boost::asio::buffer(&first, 1), from);
    swallow_if_close(first);
    if (sealed_ || tcp_->broken())
      return all;
    for (auto i = boost::asio::buffer_sequence_begin(from); i != boost::asio::buffer_sequence_end(from); ++i) {
      const boost::asio::const_buffer b(*i);
      tcp_->out().append(std::string_view(static_cast<const char*>(b.data()), b.size()));
    }
    unsent_ = all_sent() ? all : unsent_ + all;
    unsent_end_ = tcp_->out().appended();
    tcp_->flush_soon();
    return all;
  }

  /// The kernel has all that Beast ever wrote.
  [[nodiscard]] bool all_sent() const { return tcp_->out().taken() >= unsent_end_; }

  void begin_read();
  void read_now(bool may_complete_now);
  io_result take();
  void post_write_done();
  void swallow_if_close(unsigned char first);

  executor_type executor_;
  tcp_stream_ptr tcp_;
  stream_watcher* watcher_;
  std::string early_; // read before the protocol changed
  std::span<char> into_;
  waiter_ptr read_;
  waiter_ptr write_;
  std::size_t written_ = 0;
  std::size_t unsent_ = 0;        // bytes that Beast has written since all were sent
  std::uint64_t unsent_end_ = 0;  // position in the outbox behind them
  bool speaks_frames_ = false;
  bool sealed_ = false;
  bool paused_ = false;
  bool dropped_ = false;
  bool maybe_more_ = false; // the last read filled its buffer
};

// -- found by argument-dependent lookup ---------------------------------------

void teardown(boost::beast::role_type, outbox_stream& stream, boost::system::error_code& error);
void beast_close_socket(outbox_stream& stream);

/// The connection ends the socket itself, once its close frame is out.
template <class Handler>
void async_teardown(boost::beast::role_type, outbox_stream&, Handler&& handler) {
  boost::asio::post(boost::beast::bind_handler(std::forward<Handler>(handler), boost::system::error_code{}));
}

} // namespace troupe::transports
