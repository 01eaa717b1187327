#pragma once
/// One HTTP/1.1 connection (RFC 9112): reads a request, has it answered, reads the next; or becomes something else (a
/// WebSocket, an event stream), or moves to the shard that must serve it.
///
///   reading ──► starting ──► waiting ──► responding ──► reading, or a farewell
///
/// Requests that come behind the one being answered wait, a bounded part of them here, the rest in the kernel.
/// Owner: itself, on the list of its port, until it is closed. Thread: the I/O thread of its shard.

#include "transports/connection.hpp"
#include "transports/duplex.hpp"
#include "transports/gate.hpp"
#include "transports/http.hpp"
#include "transports/request_reader.hpp"

#include <functional>
#include <memory>
#include <string>

namespace troupe::transports {

class http_connection final : public duplex_owner,
                              public resident,
                              public deadline_entry,
                              public std::enable_shared_from_this<http_connection> {
 public:
  /// A socket that was just accepted.
  static void open(port_ptr port, int fd, std::string peer, admission place);

  /// A socket that comes from another shard with its request.
  static void land(port_ptr port, traveller from, admission place);

  http_connection(port_ptr port, duplex_ptr line, std::string peer);

  // -- what its exchange calls ------------------------------------------------

  void answer(http_response response, std::function<void(bool)> done);
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

  void settle();
  void read_request();
  void proceed(request_reader::state state);
  void refuse_request();
  void refuse(const http_response& response);
  void start();
  void serve(http_request request);
  void upgrade(http_request request);
  void become_websocket(http_request request, const upgrade_accepted& accepted);
  void hand_over(http_request request);
  void move_to(std::size_t shard);
  void watch_client();
  void send(const http_response& response);
  void tell_written();
  void response_written();
  void read_next();
  void tell_later(std::function<void(bool)> done, bool written);
  [[nodiscard]] bool client_is_gone() const;

  duplex_ptr retire();
  void give_up(bool reset);

  port_ptr port_;
  duplex_ptr line_; // null: over
  std::shared_ptr<http_connection> self_;
  std::string peer_;
  request_reader reader_;
  http_request request_; // while `starting`
  std::function<void(bool)> done_;
  std::function<void()> abandoned_;
  phase phase_ = phase::reading;
  bool between_requests_ = false; // one was answered, and nothing of the next is here
  bool head_only_ = false;
  bool keep_alive_ = true;
  bool waited_ = false; // the gate did not answer at once
};

} // namespace troupe::transports
