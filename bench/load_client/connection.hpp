#pragma once
/// A client's TCP connection on the event loop; what the bytes mean is said by those who derive.
/// Owner: `crowd` or `load_run`. Must outlive the turn of the loop in which it closes.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <netinet/in.h>

namespace troupe::bench {

class event_loop;

/// Where to connect to, and from where.
struct route {
  sockaddr_in server{};
  sockaddr_in source{}; ///< family 0: the kernel's choice
  std::string host;     ///< for the `Host` field
};

class connection {
 public:
  explicit connection(event_loop& loop) : loop_(loop) {}
  virtual ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// Begins to connect. Also after it was closed. Throws `std::system_error`.
  void open(const route& where);

  /// As when the network is gone: the other side reads a reset, `ended` is not called.
  void drop() noexcept { close(); }

  /// For the event loop.
  void ready(std::uint32_t events);

 protected:
  // -- what happens to it -----------------------------------------------------

  virtual void opening() {}
  virtual void opened() = 0;
  /// New bytes, behind those not taken before; returns how many are taken.
  virtual std::size_t receive(std::string_view bytes) = 0;
  /// The other side, the network or `fail` ended it; it is closed already.
  virtual void ended(std::string_view why) = 0;

  // -- what it can do ---------------------------------------------------------

  /// What the socket does not take now is sent when it can.
  void send(std::string_view bytes);
  void fail(std::string_view why);
  [[nodiscard]] bool is_open() const noexcept { return descriptor_ >= 0; }

 private:
  void finish_connect();
  void read();
  void flush();
  void close() noexcept;

  event_loop& loop_;
  int descriptor_ = -1;
  bool connecting_ = false;
  bool waits_writable_ = false;
  std::string input_;  ///< received, not taken
  std::string output_; ///< not taken by the socket
};

} // namespace troupe::bench
