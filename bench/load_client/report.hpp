#pragma once
/// What came out of a run, for people and as JSON.

#include "load_client/audience.hpp"
#include "load_client/delivery_ledger.hpp"
#include "load_client/mass_return.hpp"
#include "load_client/options.hpp"
#include "load_client/server_usage.hpp"

#include <cstdint>
#include <string>

namespace troupe::bench {

struct report {
  double connects_per_second = 0;
  double measured_seconds = 0; ///< from the first publication to the last delivery, or the idle time
  double server_cpu_seconds = 0, own_cpu_seconds = 0;
  server_usage before, idle, loaded; ///< without subscribers; with idle ones; after the last delivery
  std::uint64_t published = 0, deliveries = 0, lost = 0, misordered = 0, gaps = 0, troubles = 0;
  nanoseconds p50 = 0, p90 = 0, p99 = 0, max = 0;
  std::string first_trouble;

  /// Of subscribers who dropped and came back; `clients` 0: nobody did. Latencies: from connect to `resumed`, and, of those
  /// who stayed, from publication to delivery meanwhile.
  struct {
    std::size_t clients = 0, resumed = 0;
    double seconds = 0, server_cpu_seconds = 0, server_cpu_peak = 0;
    std::int64_t server_rss_peak = 0;
    nanoseconds p50 = 0, p99 = 0, max = 0, live_p50 = 0, live_p99 = 0, live_max = 0;
  } back;

  void take(const delivery_ledger& ledger, const audience& heard);
  void take(const mass_return& returning, const delivery_ledger& ledger, const audience& heard, std::int64_t rss_peak);

  /// Nothing lost, nothing twice or out of order, no connection broken.
  [[nodiscard]] bool is_clean() const noexcept { return lost + misordered + gaps + troubles == 0 && back.resumed == back.clients; }

  [[nodiscard]] std::string as_table(const options& o) const;
  [[nodiscard]] std::string as_json(const options& o) const;
};

} // namespace troupe::bench
