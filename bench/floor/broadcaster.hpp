#pragma once
/// A bare epoll loop: WebSocket upgrades, `subscribe`, `publish`; at the end of each turn one `send` per subscriber
/// with everything published in it. One channel, one thread, no timers, no history.
/// Ends with the process: SIGTERM has its default meaning.

#include "floor/peer.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::bench {

class broadcaster {
 public:
  /// Listens on 127.0.0.1; port 0: any free one. Throws `std::system_error`.
  explicit broadcaster(int port);
  ~broadcaster();
  broadcaster(const broadcaster&) = delete;
  broadcaster& operator=(const broadcaster&) = delete;

  [[nodiscard]] int port() const;

  [[noreturn]] void run();

 private:
  void accept_all();
  void read(peer& from);
  void upgrade(peer& from);
  void take_frames(peer& from);
  void command(peer& from, std::string_view text);
  void publish(std::string_view channel, std::string_view data);
  void send_window();
  void write_pending(peer& to);
  void wait_writable(peer& to, bool wanted) const;
  void close(peer& who);

  int listener_ = -1;
  int epoll_ = -1;
  std::vector<std::unique_ptr<peer>> peers_; ///< by descriptor
  std::vector<peer*> subscribers_;
  std::vector<int> closed_; ///< freed at the end of the turn
  std::string received_;
  std::string window_;   ///< frames published in this turn
  std::string envelope_; ///< of one publication, kept for its capacity
  std::uint64_t offset_ = 0;
};

} // namespace troupe::bench
