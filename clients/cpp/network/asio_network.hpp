#pragma once
/// HTTP and WebSockets to one node, over sockets. Each request has a connection of its own. Thread: the loop's.

#include "clients/cpp/network/node_address.hpp"
#include "clients/cpp/transports/network.hpp"

#include <troupe/client_options.hpp>

#include <utility>
#include <vector>

namespace boost::asio {
class io_context;
namespace ssl {
class context;
}
} // namespace boost::asio

namespace troupe::clients {

/// Whether the application keeps up. While it does not, what it is to hear is left unread.
class intake {
 public:
  virtual ~intake() = default;
  [[nodiscard]] virtual bool is_open() const = 0;

  /// Calls `then` once, on the loop, when it is open again.
  virtual void when_open(std::function<void()> then) = 0;
};

/// What all connections of a client have in common; outlives them.
struct network_environment {
  boost::asio::io_context& loop;
  boost::asio::ssl::context* tls; ///< null: none
  intake& reader;
  node_address node;
  std::vector<std::pair<std::string, std::string>> headers;
  std::size_t message_bytes_max;
};

class asio_network final : public network {
 public:
  /// Throws std::invalid_argument if the CA file cannot be read.
  asio_network(boost::asio::io_context& loop, intake& reader, node_address node, const client_options& options);
  ~asio_network() override;

  std::unique_ptr<http_call> request(http_request what, http_listener to) override;
  std::unique_ptr<socket> open(std::string target, std::string subprotocol, socket_listener to) override;

 private:
  std::unique_ptr<boost::asio::ssl::context> tls_;
  const std::shared_ptr<const network_environment> environment_;
};

/// Of http_exchange.cpp and web_socket.cpp, each of which takes long to compile.
[[nodiscard]] std::unique_ptr<http_call> start_http(std::shared_ptr<const network_environment> in, http_request what,
                                                    http_listener to);
[[nodiscard]] std::unique_ptr<socket> start_web_socket(std::shared_ptr<const network_environment> in,
                                                       std::string target, std::string subprotocol, socket_listener to);

} // namespace troupe::clients
