#pragma once

#include "tests/ledger/mishaps.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <functional>
#include <memory>
#include <string>

namespace troupe::ledger {

/// One connection through the proxy: two sockets, and what passes between them until its fate is met.
///
///     open --a side ends--> the other side is told, what still comes the other way passes --both ended--> closed
///       |--a side resets, or a cut--> both reset
///
/// Owner: itself, while something is under way; the proxy knows it weakly. Thread: the loop's. Bounded: a buffer a way.
class proxied_line : public std::enable_shared_from_this<proxied_line> {
 public:
  using tcp = boost::asio::ip::tcp;

  /// `harmed` hears of each mishap that happens.
  proxied_line(tcp::socket client, fate of, std::function<void(harm)> harmed);

  void open(const tcp::endpoint& server);

  /// Nothing more goes wrong with it, and what is stalled goes on.
  void calm();
  void cut();

 private:
  /// One way. Bytes are read only when those before are written: a reader that is slow is slow to the other side, too.
  struct direction {
    tcp::socket* from = nullptr;
    tcp::socket* to = nullptr;
    std::array<char, 4096> bytes{};
    std::size_t size = 0, written = 0;
    bool stalled = false, waits = false, ended = false; ///< `waits`: something is to be done when it is not stalled any more
    bool told_end = false;                              ///< the receiving side
  };

  void read(direction& way);
  void on_read(direction& way, boost::system::error_code error, std::size_t n);
  void write(direction& way);
  void write_piece(direction& way);
  void on_written(direction& way, boost::system::error_code error, std::size_t n);
  /// Its next mishaps that are due; false if the line is gone.
  bool meet_fate();
  void suffer(const mishap& one);
  void stall(bool to_client, bool to_server, std::chrono::milliseconds lasting);
  void go_on(direction& way);
  void tell_end(direction& way);
  void close_if_over();

  tcp::socket client_, server_;
  fate fate_;
  std::size_t next_ = 0; // mishap
  std::function<void(harm)> harmed_;
  direction down_, up_; // to the client, to the server
  boost::asio::steady_timer stall_;
  std::size_t passed_ = 0;
  bool gone_ = false;
};

} // namespace troupe::ledger
