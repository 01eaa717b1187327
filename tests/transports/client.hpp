#pragma once
/// A blocking client on a raw socket: says what it is told, and waits at most `patience` for an answer.

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace troupe::transports::test {

inline constexpr std::chrono::seconds patience{20};

/// What came back on an HTTP request; `status` 0: the connection ended before.
struct answer {
  unsigned status = 0;
  std::map<std::string, std::string> headers{}; ///< names in lower case
  std::string body{};
};

class client {
 public:
  /// `receive_buffer`, `segment`: bytes; small ones keep the server from handing much to its kernel.
  explicit client(std::uint16_t port, const char* address = "127.0.0.1", int receive_buffer = 0, int segment = 0);
  ~client();
  client(client&& other) noexcept;
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  // -- saying -----------------------------------------------------------------

  /// In pieces of `step` bytes; false if the server has closed.
  bool send(std::string_view bytes, std::size_t step = SIZE_MAX);

  /// As much as the server takes: stops once it has taken nothing for a while. Returns how many bytes.
  std::size_t send_until_stuck(std::string_view bytes);

  // -- hearing ----------------------------------------------------------------

  /// Exactly `n` bytes, or less at the server's end.
  std::string read(std::size_t n);

  /// Up to and with `end`.
  std::string read_until(std::string_view end);

  std::string read_to_end();

  /// From now on its kernel takes so many bytes ahead: who had a small buffer reads on at its own pace, not at that of probes.
  void set_receive_buffer(int bytes);

  [[nodiscard]] bool readable_within(std::chrono::milliseconds time) const;

  /// Nothing but the end follows. A reset counts as the end.
  bool ended();

  /// The server was so rude as to reset.
  [[nodiscard]] bool was_reset() const noexcept { return reset_; }

  /// One response; `head`: to a HEAD request, which has no body.
  answer response(bool head = false);

  // -- ending -----------------------------------------------------------------

  void finish_sending();
  void reset();

  [[nodiscard]] int fd() const noexcept { return fd_; }
  [[nodiscard]] std::uint16_t local_port() const;

 private:
  bool fill();

  int fd_ = -1;
  bool reset_ = false;
  std::string held_;
};

/// A request with the usual headers.
std::string get(std::string_view target, std::string_view more_headers = {});
std::string post(std::string_view target, std::string_view body, std::string_view more_headers = {});

} // namespace troupe::transports::test
