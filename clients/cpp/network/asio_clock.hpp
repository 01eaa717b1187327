#pragma once
/// The machine's time and chance. Thread: the loop's.

#include "clients/cpp/core/clock.hpp"

#include <random>

namespace boost::asio {
class io_context;
}

namespace troupe::clients {

class asio_clock final : public clock {
 public:
  explicit asio_clock(boost::asio::io_context& loop);

  milliseconds now() const override;
  timer_ptr after(milliseconds pause, std::function<void()> what) override;
  double random() override;

 private:
  boost::asio::io_context& loop_;
  std::mt19937_64 chance_;
};

} // namespace troupe::clients
