#include <utility>

#include "tests/transports/failing_stream.hpp"

#include "transports/socket_stream.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>

#include <sys/uio.h>

namespace troupe::transports::test {

boost::system::error_code failure_plan::error(bool reading) const {
  if (what_ == how::eof && reading)
    return boost::asio::error::eof;
  return boost::asio::error::connection_reset;
}

namespace {

class failing_stream final : public byte_stream {
 public:
  failing_stream(std::unique_ptr<byte_stream> under, std::shared_ptr<failure_plan> plan)
      : under_(std::move(under)), plan_(std::move(plan)) {}

  [[nodiscard]] int fd() const noexcept override { return under_->fd(); }
  io_result read(std::span<char> into) override { return fails() ? failed(true) : under_->read(into); }
  io_result write(std::span<const iovec> from) override { return fails() ? failed(false) : under_->write(from); }
  void finish_sending() override { under_->finish_sending(); }

 private:
  bool fails() {
    broken_ |= plan_->strikes();
    return broken_;
  }
  [[nodiscard]] io_result failed(bool reading) const { return {0, plan_->error(reading)}; }

  std::unique_ptr<byte_stream> under_;
  std::shared_ptr<failure_plan> plan_;
  bool broken_ = false;
};

class narrow_stream final : public byte_stream {
 public:
  narrow_stream(int fd, std::size_t bytes) : under_(fd), bytes_(bytes) {}

  [[nodiscard]] int fd() const noexcept override { return under_.fd(); }
  io_result read(std::span<char> into) override { return under_.read(into.first(std::min(bytes_, into.size()))); }
  io_result write(std::span<const iovec> from) override {
    if (std::exchange(again_, !again_))
      return {0, boost::asio::error::would_block};
    iovec first = from.front();
    first.iov_len = std::min(first.iov_len, bytes_);
    return under_.write({&first, 1});
  }
  void finish_sending() override { under_.finish_sending(); }

 private:
  socket_stream under_;
  std::size_t bytes_;
  bool again_ = false;
};

} // namespace

byte_stream_factory failing_streams(std::shared_ptr<failure_plan> plan, byte_stream_factory under) {
  return [plan = std::move(plan), under = std::move(under)](int fd) {
    return std::make_unique<failing_stream>(under ? under(fd) : std::make_unique<socket_stream>(fd), plan);
  };
}

byte_stream_factory narrow_streams(std::size_t bytes) {
  return [bytes](int fd) { return std::make_unique<narrow_stream>(fd, bytes); };
}

} // namespace troupe::transports::test
