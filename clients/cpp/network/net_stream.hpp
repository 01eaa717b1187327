#pragma once
/// A TCP connection to the node, with or without TLS, as Beast's next layer: one type for both, so that Beast's
/// templates are compiled once. Thread: the loop's.

#include <utility>

#include "clients/cpp/network/node_address.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/role.hpp>

#include <functional>
#include <optional>
#include <string>

namespace troupe::clients {

class net_stream {
 public:
  using tcp = boost::asio::ip::tcp;
  using error_code = boost::system::error_code;
  using executor_type = tcp::socket::executor_type;

  net_stream(boost::asio::io_context& loop, boost::asio::ssl::context* tls) : resolver_(loop), socket_(loop) {
    if (tls)
      tls_.emplace(socket_, *tls);
  }

  [[nodiscard]] executor_type get_executor() noexcept { return socket_.get_executor(); }

  /// Looks the node up, connects, and shakes hands. `then` hears what went wrong in words; empty: nothing.
  void dial(const node_address& node, std::function<void(std::string why)> then);

  /// Ends everything that waits, with an error.
  void close() noexcept;

  template <class Buffers, class Handler>
  void async_read_some(const Buffers& into, Handler&& then) {
    if (tls_)
      tls_->async_read_some(into, std::forward<Handler>(then));
    else
      socket_.async_read_some(into, std::forward<Handler>(then));
  }

  template <class Buffers, class Handler>
  void async_write_some(const Buffers& from, Handler&& then) {
    if (tls_)
      tls_->async_write_some(from, std::forward<Handler>(then));
    else
      socket_.async_write_some(from, std::forward<Handler>(then));
  }

 private:
  void shake_hands(const std::string& host, std::function<void(std::string)> then);

  tcp::resolver resolver_;
  tcp::socket socket_;
  std::optional<boost::asio::ssl::stream<tcp::socket&>> tls_;
};

/// How Beast ends a WebSocket's connection. Nobody needs the rest.
template <class Handler>
void async_teardown(boost::beast::role_type, net_stream& of, Handler&& then) {
  of.close();
  boost::asio::post(of.get_executor(),
                    boost::beast::bind_front_handler(std::forward<Handler>(then), boost::system::error_code{}));
}

inline void beast_close_socket(net_stream& of) { of.close(); }

inline void teardown(boost::beast::role_type, net_stream& of, boost::system::error_code& error) {
  of.close();
  error = {};
}

} // namespace troupe::clients
