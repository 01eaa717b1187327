#include "clients/cpp/network/net_stream.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>

namespace troupe::clients {

void net_stream::dial(const node_address& node, std::function<void(std::string)> then) {
  resolver_.async_resolve(
      node.host, node.port,
      [this, node, then = std::move(then)](const error_code& error, const tcp::resolver::results_type& found) mutable {
        if (error)
          return then("nobody knows " + node.host + ": " + error.message());
        boost::asio::async_connect(
            socket_, found, [this, node, then = std::move(then)](const error_code& no, const tcp::endpoint&) mutable {
              if (no)
                return then("nobody answers at " + node.authority() + ": " + no.message());
              error_code ignored;
              socket_.set_option(tcp::no_delay{true}, ignored);
              if (!tls_)
                return then({});
              shake_hands(node.host, std::move(then));
            });
      });
}

void net_stream::shake_hands(const std::string& host, std::function<void(std::string)> then) {
  error_code is_name;
  boost::asio::ip::make_address(host, is_name);
  if (is_name) // addresses are not indicated (RFC 6066)
    ::SSL_set_tlsext_host_name(tls_->native_handle(), host.c_str());
  tls_->set_verify_callback(boost::asio::ssl::host_name_verification{host});
  tls_->async_handshake(boost::asio::ssl::stream_base::client, [host, then = std::move(then)](const error_code& error) {
    then(error ? "no TLS with " + host + ": " + error.message() : std::string{});
  });
}

void net_stream::close() noexcept {
  error_code ignored;
  resolver_.cancel();
  socket_.close(ignored);
}

} // namespace troupe::clients
