#pragma once
/// All subscribers but the first few drop at once, without a goodbye, and come back at random moments within a time.

#include "load_client/audience.hpp"
#include "load_client/clock.hpp"
#include "load_client/crowd.hpp"
#include "load_client/options.hpp"

#include <cstddef>
#include <vector>

namespace troupe::bench {

class mass_return {
 public:
  mass_return(crowd& who, audience& told, const options& o);

  /// What is due: the drop, a few returns, a look at the server.
  void step(nanoseconds time);

  [[nodiscard]] bool dropped() const noexcept { return dropped_at_ != 0; }
  [[nodiscard]] bool is_over() const noexcept { return over_at_ != 0; }
  [[nodiscard]] std::size_t clients() const noexcept { return due_.size(); }

  // -- the outcome, of the time from the drop to the last return ----------------

  [[nodiscard]] double seconds_taken() const noexcept { return in_seconds(over_at_ - dropped_at_); }
  [[nodiscard]] double server_cpu_seconds() const noexcept { return cpu_at_end_ - cpu_at_drop_; }
  [[nodiscard]] double server_cpu_peak() const noexcept { return cpu_peak_; } ///< of one core, over a quarter of a second

 private:
  void begin(nanoseconds time);
  void look_at_server(nanoseconds time);

  struct coming {
    nanoseconds at; ///< after the drop
    std::size_t who;
  };

  crowd& crowd_;
  audience& audience_;
  const options& options_;
  nanoseconds begun_ = 0, dropped_at_ = 0, over_at_ = 0, looked_at_ = 0;
  std::vector<coming> due_;
  std::size_t gone_ = 0, opened_ = 0;
  double cpu_at_drop_ = 0, cpu_at_look_ = 0, cpu_at_end_ = 0, cpu_peak_ = 0;
};

} // namespace troupe::bench
