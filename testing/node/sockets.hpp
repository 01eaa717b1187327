#pragma once
/// Sockets that are none: a connection that keeps what is written to it, and an exchange whose response is looked at.
///
/// A socket takes what it is given, like a kernel with a reading peer. Told `stop_reading`, it takes `kernel_bytes`
/// more and then nothing, until `read_again`.

#include "testing/node/virtual_node.hpp"

#include "transports/request_handler.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <string>

namespace troupe::actors::testing {

class test_connection final : public transports::connection, public std::enable_shared_from_this<test_connection> {
 public:
  static constexpr std::size_t kernel_bytes = 64 * 1024;

  explicit test_connection(virtual_node& node) : node_(node) {}

  // -- what the peer does and sees --------------------------------------------

  void peer_says(std::string_view bytes, bool text);
  void peer_pongs();
  /// From now on each ping is answered.
  void answer_pings() { answers_pings_ = true; }
  void peer_closes(protocol::close_code code = protocol::close_code::normal, std::string_view reason = {});
  void stop_reading() { reads_ = false, room_ = kernel_bytes; }
  /// One that has stopped reads so many bytes.
  void takes(std::size_t bytes);
  void read_again();

  /// All bytes that have reached the peer, or wait in the kernel for it to read.
  [[nodiscard]] const std::string& arrived() const noexcept { return arrived_; }
  [[nodiscard]] bool open() const noexcept { return open_; }
  [[nodiscard]] protocol::close_code closed_with() const noexcept { return code_; }
  [[nodiscard]] const std::string& close_reason() const noexcept { return reason_; }
  [[nodiscard]] bool is_read() const noexcept { return wanted_; } ///< by the node
  [[nodiscard]] int pings() const noexcept { return pings_; }
  [[nodiscard]] std::size_t queued_most() const noexcept { return queued_most_; }

  // -- connection -------------------------------------------------------------

  void set_user(transports::connection_user* user) override { user_ = user; }
  [[nodiscard]] std::size_t queued() const override { return queued_.size(); }
  [[nodiscard]] std::uint64_t sent() const override { return arrived_.size() + ping_bytes_; }
  [[nodiscard]] std::size_t kernel_backlog() const override { return reads_ ? 0 : kernel_bytes - room_; }
  void add_chunks(std::vector<const transports::chunk*>& into) const override {
    for (const auto& p : pins_)
      into.push_back(p.chunk.get());
  }
  void write(transports::slice shared) override;
  void write_private(std::string_view bytes) override;
  bool flush() override;
  void ping() override;
  void read(bool wanted) override { wanted_ = wanted; }
  void close(protocol::close_code code, std::string_view reason) override;
  void abort() override;

 private:
  void end(protocol::close_code code, std::string_view reason);
  void tell_if_writable();
  void send_ping();

  virtual_node& node_;
  transports::connection_user* user_ = nullptr;
  std::string queued_, arrived_;
  struct pin { // as a socket would hold it
    std::uint64_t until = 0; // so much has arrived
    transports::chunk_ptr chunk;
  };
  std::deque<pin> pins_;
  std::size_t queued_most_ = 0;
  bool reads_ = true, open_ = true, wanted_ = true, blocked_ = false;
  std::size_t room_ = 0;
  int pings_ = 0;
  std::uint64_t ping_bytes_ = 0; // which are in nobody's text
  bool ping_waits_ = false;
  bool answers_pings_ = false;
  protocol::close_code code_ = protocol::close_code::none;
  std::string reason_;
};

class test_exchange final : public transports::exchange, public std::enable_shared_from_this<test_exchange> {
 public:
  test_exchange(virtual_node& node, transports::http_request request) : node_(node), request_(std::move(request)) {}

  // -- what the peer does and sees --------------------------------------------

  [[nodiscard]] const std::optional<transports::http_response>& response() const noexcept { return response_; }
  [[nodiscard]] const std::shared_ptr<test_connection>& body_stream() const noexcept { return stream_; }
  /// Of the stream; it has no length.
  [[nodiscard]] const transports::http_response& stream_head() const noexcept { return head_; }
  [[nodiscard]] bool waiting() const noexcept { return !response_ && !stream_ && !hung_up_ && !web_socket_; }

  /// What became of an upgrade that was accepted, and with which subprotocol.
  [[nodiscard]] const std::shared_ptr<test_connection>& web_socket() const noexcept { return web_socket_; }
  [[nodiscard]] const std::string& subprotocol() const noexcept { return subprotocol_; }

  /// It was closed without an answer.
  [[nodiscard]] bool hung_up() const noexcept { return hung_up_; }

  /// Closes its socket while the request waits.
  void give_up();

  /// The response will be lost on its way.
  void break_line() { broken_ = true; }

  // -- exchange ---------------------------------------------------------------

  [[nodiscard]] const transports::http_request& request() const override { return request_; }
  void respond(transports::http_response response, std::function<void(bool)> done) override;
  void respond_by(std::function<transports::http_response(const transports::http_request&)> make) override {
    respond(make(request_), {});
  }
  std::shared_ptr<transports::connection> upgrade(const transports::upgrade_accepted& how) override;
  void hang_up() override;
  void on_abandoned(std::function<void()> then) override { abandoned_ = std::move(then); }
  std::shared_ptr<transports::connection> stream(transports::http_response head) override;

 private:
  virtual_node& node_;
  transports::http_request request_;
  std::optional<transports::http_response> response_;
  std::shared_ptr<test_connection> stream_, web_socket_;
  std::string subprotocol_;
  transports::http_response head_;
  std::function<void()> abandoned_;
  bool broken_ = false, gone_ = false, hung_up_ = false;
};

} // namespace troupe::actors::testing
