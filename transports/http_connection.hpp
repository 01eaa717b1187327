#pragma once

#include "transports/connection.hpp"
#include "transports/http.hpp"
#include "transports/outgoing_response.hpp"
#include "transports/request_handler.hpp"
#include "transports/request_reader.hpp"
#include "transports/tcp_stream.hpp"

#include <functional>
#include <memory>
#include <string>

namespace troupe::transports {

/// One HTTP/1.1 connection (RFC 9112): reads a request, has it answered, reads the next; or becomes something else (a
/// WebSocket, an event stream), or moves to the shard that must serve it.
///
///   reading ──► starting ──► waiting ──► responding ──► reading, or a lingering_close
///
/// Requests that come behind the one being answered wait, a bounded part of them here, the rest in the kernel.
/// Owner: itself, on the list of its shard_io, until it is closed. Thread: the I/O thread of its shard.
class http_connection final : public tcp_stream_owner,
                              public tracked_connection,
                              public deadline_entry,
                              public transfer,
                              public std::enable_shared_from_this<http_connection> {
 public:
  /// A socket that was just accepted. `refuses`: the node has no place for it, as its first request is told.
  static void open(shard_io_ptr io, int fd, std::string peer, connection_permit permit, bool refuses = false);

  /// A socket that comes from another shard with its request.
  static void adopt(shard_io_ptr io, migrating_request from, connection_permit permit);

  http_connection(shard_io_ptr io, tcp_stream_ptr tcp, std::string peer);

  // -- what its exchange calls ------------------------------------------------

  void answer(http_response response, std::function<void(bool)> done);
  void answer_by(std::function<http_response()> make);
  void hang_up();
  void on_abandoned(std::function<void()> then);
  [[nodiscard]] std::shared_ptr<connection> stream(http_response head);

  /// A stream that is over.
  [[nodiscard]] std::shared_ptr<connection> no_stream() const;

 private:
  enum class phase : std::uint8_t { reading, starting, waiting, responding, over };

  void on_readable() override;
  void on_written() override;
  void on_broken(boost::system::error_code) override;
  void on_deadline() override;
  void evict() override;
  void close_if_idle() override;
  [[nodiscard]] std::uint64_t moved() const override;
  [[nodiscard]] bool waits_for_us() const override;
  void cut_off() override;

  void settle();
  void read_request();
  void proceed(request_reader::state state);
  void refuse_request();
  void refuse(http_response response);
  void start();
  void turn_away();
  void serve(http_request request);
  void upgrade(http_request request);
  void become_websocket(http_request request, const upgrade_accepted& accepted);
  void hand_over(http_request request);
  void move_to(std::size_t shard);
  void watch_client();
  void send(http_response response);
  void read_rest();
  void send_rest(std::shared_ptr<body_source> from, std::string bytes);
  void account();
  void tell_written();
  void response_written();
  void read_next();
  void part();
  void tell_later(std::function<void(bool)> done, bool written);
  void tell_abandoned();
  [[nodiscard]] bool client_is_gone() const;

  tcp_stream_ptr retire();
  void give_up(bool reset);

  shard_io_ptr io_;
  tcp_stream_ptr tcp_; // null: over
  std::shared_ptr<http_connection> self_;
  std::string peer_;
  request_reader reader_;
  http_request request_; // while `starting`
  outgoing_response response_;
  std::function<void()> abandoned_;
  phase phase_ = phase::reading;
  bool between_requests_ = false; // one was answered, and nothing of the next is here
  bool head_only_ = false;
  bool keep_alive_ = true;
  bool waited_ = false;   // the handler did not answer at once
  bool finished_ = false; // the client has finished sending
  bool refuses_ = false;  // whatever it is asked
};

} // namespace troupe::transports
