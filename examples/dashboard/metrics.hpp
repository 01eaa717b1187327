#pragma once
/// This machine's figures, once a second, to whoever looks. Its page is pages/dashboard/, over Server-Sent Events.
///
///   event: recent   what was sampled before you came, pushed to you once
///   event: sample   every second
///   event: alert    a figure passed its threshold, or came down again
///
/// With nobody there the node retires the channel, and nothing is sampled.

#include "examples/dashboard/proc.hpp"
#include "examples/dashboard/threshold.hpp"

#include <troupe/channel.hpp>

#include <string>
#include <vector>

namespace examples {

struct sample {
  std::int64_t time = 0;
  double cpu = 0;                                 ///< percent of all processors
  std::vector<double> cores;                      ///< percent of each
  double load = 0;                                ///< average of the last minute
  std::uint64_t memory_used = 0, memory_total = 0; ///< bytes
  double received = 0, sent = 0, loopback = 0;    ///< bytes per second
  TROUPE_FIELDS(time, cpu, cores, load, memory_used, memory_total, received, sent, loopback)
};

struct recent {
  std::vector<sample> samples;
  std::vector<std::string> raised; ///< alerts that hold now
  TROUPE_FIELDS(samples, raised)
};

struct alert {
  std::string name, state; ///< "cpu" or "memory"; "raised" or "cleared"
  double value = 0, limit = 0;
  std::int64_t time = 0;
  TROUPE_FIELDS(name, state, value, limit, time)
};

class metrics : public troupe::channel {
 public:
  void setup() override;
  troupe::join_result on_join(const troupe::member& who, const troupe::payload& params) override;

 private:
  void take_sample();
  void judge(threshold& of, double value, std::int64_t time);

  machine_reading before_;
  std::int64_t before_time_ = 0;
  threshold cpu_{{"cpu", 80, 70, 3}};
  threshold memory_{{"memory", 90, 85, 3}};
};

} // namespace examples
