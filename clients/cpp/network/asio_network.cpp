#include <utility>

#include "clients/cpp/network/asio_network.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>

#include <stdexcept>

namespace troupe::clients {

namespace {

namespace ssl = boost::asio::ssl;

std::unique_ptr<ssl::context> make_tls(const client_tls& wish) {
  auto tls = std::make_unique<ssl::context>(ssl::context::tls_client);
  tls->set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1);
  tls->set_verify_mode(wish.verify ? ssl::verify_peer : ssl::verify_none);
  boost::system::error_code error;
  if (wish.ca_file.empty())
    tls->set_default_verify_paths(error);
  else
    tls->load_verify_file(wish.ca_file, error);
  if (error)
    throw std::invalid_argument("no certificates to trust in " + wish.ca_file + ": " + error.message());
  return tls;
}

} // namespace

asio_network::asio_network(boost::asio::io_context& loop, intake& reader, node_address node,
                           const client_options& options)
    : tls_(node.is_tls ? make_tls(options.tls) : nullptr),
      environment_(std::make_shared<const network_environment>(network_environment{
          loop, tls_.get(), reader, std::move(node), options.headers, options.limits.message_bytes})) {}

asio_network::~asio_network() = default;

std::unique_ptr<http_call> asio_network::request(http_request what, http_listener to) {
  return start_http(environment_, std::move(what), std::move(to));
}

std::unique_ptr<socket> asio_network::open(std::string target, std::string subprotocol, socket_listener to) {
  return start_web_socket(environment_, std::move(target), std::move(subprotocol), std::move(to));
}

} // namespace troupe::clients
