#pragma once
/// One run, phase after phase: publishers connect, subscribers connect, all stay idle, everyone hears a probe,
/// publications flow (and some of the subscribers drop and come back), the last ones arrive.

#include "load_client/audience.hpp"
#include "load_client/crowd.hpp"
#include "load_client/delivery_ledger.hpp"
#include "load_client/event_loop.hpp"
#include "load_client/mass_return.hpp"
#include "load_client/options.hpp"
#include "load_client/publisher.hpp"
#include "load_client/report.hpp"
#include "load_client/stamp.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace troupe::bench {

class load_run {
 public:
  explicit load_run(const options& o);

  /// Everything; throws `std::runtime_error` if a phase does not come to its end.
  [[nodiscard]] report run();

 private:
  void connect_publishers();
  void connect_subscribers();
  void stay_idle(double for_seconds);
  void probe();
  void publish_for(double for_seconds);
  void drain();

  void publish_next(nanoseconds sent);
  void flush_publishers();
  /// Turns the loop until `done`, at most `patience` seconds.
  void wait_until(const char* what, const std::function<bool()>& done);

  const options& options_;
  route route_;
  event_loop loop_;
  stamper stamps_;
  delivery_ledger ledger_;
  audience audience_;
  std::vector<std::unique_ptr<publisher>> publishers_;
  crowd crowd_;
  std::unique_ptr<mass_return> returning_; ///< null: nobody drops
  report report_;
};

} // namespace troupe::bench
