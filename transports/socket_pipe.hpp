#pragma once
/// The plain pipe: recv and sendmsg on a TCP socket. See pipe.hpp.

#include "transports/pipe.hpp"

namespace troupe::transports {

class socket_pipe final : public pipe {
 public:
  explicit socket_pipe(int fd) noexcept : fd_(fd) {}

  [[nodiscard]] int fd() const noexcept override { return fd_; }
  io_result read(std::span<char> into) override;
  io_result write(std::span<const iovec> from) override;
  void finish_sending() override;

 private:
  int fd_;
};

} // namespace troupe::transports
