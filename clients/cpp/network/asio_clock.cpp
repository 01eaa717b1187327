#include <utility>

#include "clients/cpp/network/asio_clock.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <ctime>

namespace troupe::clients {

namespace {

class asio_timer final : public timer {
 public:
  asio_timer(boost::asio::io_context& loop, milliseconds pause, std::function<void()> what) : timer_(loop, pause) {
    timer_.async_wait([what = std::move(what), stopped = stopped_](const boost::system::error_code& error) {
      if (!error && !*stopped)
        what();
    });
  }

  ~asio_timer() override { *stopped_ = true; } // it may be due already

 private:
  std::shared_ptr<bool> stopped_ = std::make_shared<bool>(false);
  boost::asio::steady_timer timer_;
};

} // namespace

asio_clock::asio_clock(boost::asio::io_context& loop) : loop_(loop), chance_(std::random_device{}()) {}

milliseconds asio_clock::now() const {
  timespec t{};
  ::clock_gettime(CLOCK_BOOTTIME, &t);
  return std::chrono::duration_cast<milliseconds>(std::chrono::seconds{t.tv_sec} + std::chrono::nanoseconds{t.tv_nsec});
}

timer_ptr asio_clock::after(milliseconds pause, std::function<void()> what) {
  return std::make_unique<asio_timer>(loop_, pause, std::move(what));
}

double asio_clock::random() { return std::uniform_real_distribution<double>{0, 1}(chance_); }

} // namespace troupe::clients
