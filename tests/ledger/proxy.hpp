#pragma once

#include "tests/ledger/mishaps.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace troupe::ledger {

class proxied_line;

/// A TCP proxy on a free port of 127.0.0.1 that forwards to another one, and does to each connection what its fate says.
///
/// Owner: the test; outlives the loop's run. Thread: the loop's.
class proxy {
 public:
  using tcp = boost::asio::ip::tcp;

  proxy(boost::asio::io_context& loop, std::uint16_t to, std::function<fate()> draw);

  [[nodiscard]] std::uint16_t port() const { return listener_.local_endpoint().port(); }

  /// From now on nothing goes wrong: new connections are forwarded as they are, and what was stalled goes on.
  void calm();
  /// Takes no more connections, and resets those that it has.
  void close();

  [[nodiscard]] std::uint64_t connections() const noexcept { return connections_; }
  [[nodiscard]] const std::map<harm, std::uint64_t>& harmed() const noexcept { return harmed_; }

 private:
  void accept();

  tcp::acceptor listener_;
  const tcp::endpoint server_;
  std::function<fate()> draw_;
  std::vector<std::weak_ptr<proxied_line>> lines_;
  std::map<harm, std::uint64_t> harmed_;
  std::uint64_t connections_ = 0;
};

} // namespace troupe::ledger
