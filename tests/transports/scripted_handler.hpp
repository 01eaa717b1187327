#pragma once
/// A handler that does what the path says, and remembers what happened; tests wait for that.
///
///   /echo  answers with method, path and body at once        /later answers the same in the next turn
///   /hold  keeps the exchange                                 /drop  lets go of it   /throw throws
///   /stream opens an event stream and says hello              /ws    a WebSocket that echoes
///   /deaf  a WebSocket whose user only listens                /no    refuses the upgrade with 403

#include "tests/transports/client.hpp"
#include "transports/io_loop.hpp"
#include "transports/request_handler.hpp"

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace troupe::transports::test {

/// What happened, in order; written by loops, read by the test.
class diary {
 public:
  void note(std::string what);
  [[nodiscard]] bool has(const std::string& what, std::size_t times = 1) const;
  [[nodiscard]] std::size_t count(const std::string& what) const;

  /// Waits until it was noted; false after `patience`.
  bool await(const std::string& what, std::size_t times = 1);

  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::string last_with(std::string_view beginning) const;

 private:
  [[nodiscard]] std::size_t count_locked(const std::string& what) const;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> notes_;
};

/// The user of a connection; the handler keeps it until the handler ends.
class scripted_user final : public connection_user {
 public:
  scripted_user(diary& notes, std::shared_ptr<connection> to, bool echoes)
      : notes_(notes), to_(std::move(to)), echoes_(echoes) {}

  void on_message(std::string_view bytes, bool text) override;
  void on_writable() override { notes_.note("writable"); }
  void on_activity() override { ++activity; }
  void on_ping_sent() override { notes_.note("ping sent"); }
  void on_closed(protocol::close_code code, std::string_view reason) override;

  connection& line() { return *to_; }
  [[nodiscard]] bool closed() const noexcept { return closed_; }
  void let_go() { to_ = nullptr; }

  std::size_t activity = 0;
  bool throws = false;
  bool pauses = false; ///< after each message

 private:
  diary& notes_;
  std::shared_ptr<connection> to_;
  bool echoes_;
  bool closed_ = false;
};

class scripted_handler final : public request_handler {
 public:
  explicit scripted_handler(io_loop& loop) : loop_(loop) {}

  [[nodiscard]] std::size_t home(http_request& request) const override;
  void handle(exchange_ptr exchange) override;
  void upgrade(exchange_ptr exchange) override;
  void count(transport_event event, std::uint64_t n) override;

  [[nodiscard]] std::uint64_t counted(transport_event event) const;

  /// Waits until `event` was counted `n` times; false after `patience`.
  bool await(transport_event event, std::uint64_t n);

  /// Answers the oldest exchange of /hold; on the loop's thread.
  void answer_held(std::string body);

  /// Accepts the oldest upgrade of /ws-later; on the loop's thread.
  void accept_held();

  // -- of the loop's thread ---------------------------------------------------

  std::vector<exchange_ptr> held;
  std::vector<std::unique_ptr<scripted_user>> users;
  std::size_t message_bytes_max = 64 * 1024;

  diary notes;

 private:
  void open_stream(const exchange_ptr& exchange);
  void open_web_socket(const exchange_ptr& exchange);
  void opened(const std::shared_ptr<connection>& connection, const std::string& path);

  io_loop& loop_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<transport_event, std::uint64_t> counts_;
};

} // namespace troupe::transports::test
