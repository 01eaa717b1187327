#pragma once
/// The response of an SSE request as a `connection`: what is written goes out as it is, the end is the socket's end.
///
/// Reads nothing but the client's end. Owner: shared; keeps itself alive until it is closed.

#include "transports/connection.hpp"
#include "transports/duplex.hpp"

#include <memory>
#include <string>

namespace troupe::transports {

class sse_connection final : public connection,
                             public duplex_owner,
                             public resident,
                             public deadline_entry,
                             public std::enable_shared_from_this<sse_connection> {
 public:
  /// `line` may be closed or null: then the user hears of the end at once. `head` has been queued on it.
  static std::shared_ptr<connection> open(port_ptr port, duplex_ptr line);

  void set_user(connection_user* user) override;
  [[nodiscard]] std::size_t queued() const override;
  [[nodiscard]] std::uint64_t sent() const override;
  [[nodiscard]] std::size_t kernel_backlog() const override;
  void write(slice shared) override;
  void write_private(std::string_view bytes) override;
  bool flush() override;
  void ping() override;
  void read(bool) override {}
  void close(protocol::close_code code, std::string_view reason) override;
  void abort() override;

 private:
  sse_connection(port_ptr port, duplex_ptr line) noexcept : port_(std::move(port)), line_(std::move(line)) {}

  void on_readable() override;
  void on_written() override;
  void on_broken(boost::system::error_code) override;
  void on_deadline() override;
  void evict() override;

  [[nodiscard]] bool takes_writes() const noexcept { return line_ && !closing_; }
  void tell_ping_sent();
  void finish_close();
  void end(bool reset);
  void tell_closed_soon();

  port_ptr port_;
  duplex_ptr line_; // null: over
  connection_user* user_ = nullptr;
  std::shared_ptr<sse_connection> self_;
  std::uint64_t ping_end_ = 0; // position in the outbox behind a ping; 0: none
  protocol::close_code code_ = protocol::close_code::none;
  std::string reason_;
  bool closing_ = false;
  bool blocked_ = false; // `flush` said no
};

} // namespace troupe::transports
