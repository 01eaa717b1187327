#pragma once

#include "transports/byte_stream.hpp"

namespace troupe::transports {

/// The plain byte_stream: recv and sendmsg on a TCP socket. See byte_stream.hpp.
class socket_stream final : public byte_stream {
 public:
  explicit socket_stream(int fd) noexcept : fd_(fd) {}

  [[nodiscard]] int fd() const noexcept override { return fd_; }
  io_result read(std::span<char> into) override;
  io_result write(std::span<const iovec> from) override;
  void finish_sending() override;

 private:
  int fd_;
};

} // namespace troupe::transports
