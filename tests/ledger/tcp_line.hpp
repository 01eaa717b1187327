#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace troupe::ledger {

/// A client's TCP connection. What is sent before it stands waits.
///
/// Owner: whoever made it, and itself while something is under way. Thread: the loop's. Ends: `leave`, or the other side;
/// after `leave` it tells nothing more.
class tcp_line : public std::enable_shared_from_this<tcp_line> {
 public:
  using tcp = boost::asio::ip::tcp;
  enum class how : std::uint8_t { quietly, by_end, by_reset };

  /// `on_bytes` hears what comes, `on_end` that nothing more will, once.
  tcp_line(boost::asio::io_context& loop, std::function<void(std::string_view)> on_bytes, std::function<void()> on_end)
      : socket_(loop), on_bytes_(std::move(on_bytes)), on_end_(std::move(on_end)) {}

  void open(std::uint16_t port);
  void send(std::string_view bytes);
  /// `quietly`: the connection stays open and unread until `close`.
  void leave(how);
  void close();

 private:
  void read();
  void write();
  void end();

  tcp::socket socket_;
  std::function<void(std::string_view)> on_bytes_;
  std::function<void()> on_end_;
  std::array<char, 16384> bytes_{};
  std::string waiting_, writing_;
  bool stands_ = false, left_ = false;
};

} // namespace troupe::ledger
