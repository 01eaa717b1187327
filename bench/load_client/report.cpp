#include "load_client/report.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>

namespace troupe::bench {

namespace {

double per_connection(std::int64_t before, std::int64_t idle, std::size_t connections) {
  return static_cast<double>(idle - before) / static_cast<double>(connections);
}

double ratio(double of, double to) { return to > 0 ? of / to : 0; }

/// Lines of a table: a name and a value.
class table {
 public:
  template <class... Values> void line(const char* name, const char* format, Values... values) {
    char value[256];
    std::snprintf(value, sizeof value, format, values...);
    char whole[320];
    std::snprintf(whole, sizeof whole, "%-26s %s\n", name, value);
    text_ += whole;
  }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  std::string text_;
};

} // namespace

void report::take(const delivery_ledger& ledger, const audience& heard) {
  published = ledger.published();
  deliveries = ledger.deliveries();
  lost = ledger.lost();
  misordered = ledger.misordered();
  gaps = heard.gaps();
  troubles = heard.troubles();
  first_trouble = heard.first_trouble();
  p50 = ledger.latency().percentile(0.50);
  p90 = ledger.latency().percentile(0.90);
  p99 = ledger.latency().percentile(0.99);
  max = ledger.latency().max();
}

void report::take(const mass_return& returning, const delivery_ledger& ledger, const audience& heard, std::int64_t rss_peak) {
  const auto &took = heard.returns(), &live = ledger.watched_latency();
  back = {.clients = returning.clients(),
          .resumed = heard.returned(),
          .seconds = returning.seconds_taken(),
          .server_cpu_seconds = returning.server_cpu_seconds(),
          .server_cpu_peak = returning.server_cpu_peak(),
          .server_rss_peak = rss_peak,
          .p50 = took.percentile(0.50),
          .p99 = took.percentile(0.99),
          .max = took.max(),
          .live_p50 = live.percentile(0.50),
          .live_p99 = live.percentile(0.99),
          .live_max = live.max()};
}

std::string report::as_table(const options& o) const {
  table t;
  t.line("transport", "%s, %zu subscribers", name_of(o.kind), o.subscribers);
  t.line("connects/s", "%.0f", connects_per_second);
  if (o.publishes()) {
    t.line("published", "%llu of %zu bytes in %.2f s", static_cast<unsigned long long>(published), o.bytes,
           measured_seconds);
    t.line("deliveries", "%llu (%.0f/s)", static_cast<unsigned long long>(deliveries),
           ratio(static_cast<double>(deliveries), measured_seconds));
    t.line("lost, misordered, gaps", "%llu, %llu, %llu", static_cast<unsigned long long>(lost),
           static_cast<unsigned long long>(misordered), static_cast<unsigned long long>(gaps));
    t.line("latency p50 p90 p99 max", "%.3f %.3f %.3f %.3f ms", in_milliseconds(p50), in_milliseconds(p90),
           in_milliseconds(p99), in_milliseconds(max));
    t.line("own CPU", "%.0f %%", 100 * ratio(own_cpu_seconds, measured_seconds));
  }
  if (back.clients > 0) {
    t.line("came back", "%zu of %zu within %.2f s", back.resumed, back.clients, back.seconds);
    t.line("to be back p50 p99 max", "%.1f %.1f %.1f ms", in_milliseconds(back.p50), in_milliseconds(back.p99),
           in_milliseconds(back.max));
    t.line("live latency meanwhile", "%.1f %.1f %.1f ms", in_milliseconds(back.live_p50), in_milliseconds(back.live_p99),
           in_milliseconds(back.live_max));
    t.line("server CPU meanwhile", "%.2f s, at most %.0f %%", back.server_cpu_seconds, 100 * back.server_cpu_peak);
    t.line("server RSS at most", "%.1f MiB", static_cast<double>(back.server_rss_peak) / (1 << 20));
  }
  t.line("troubles", "%llu %s", static_cast<unsigned long long>(troubles), first_trouble.substr(0, 200).c_str());
  if (o.server_pid > 0) {
    t.line("server CPU", "%.2f s (%.1f %%)", server_cpu_seconds, 100 * ratio(server_cpu_seconds, measured_seconds));
    if (o.publishes())
      t.line("deliveries/server-CPU-s", "%.0f", ratio(static_cast<double>(deliveries), server_cpu_seconds));
    t.line("server RSS before, idle", "%.1f, %.1f MiB", static_cast<double>(before.rss_bytes) / (1 << 20),
           static_cast<double>(idle.rss_bytes) / (1 << 20));
    t.line("memory per connection", "%.0f bytes RSS, %.0f bytes PSS",
           per_connection(before.rss_bytes, idle.rss_bytes, o.subscribers),
           per_connection(before.pss_bytes, idle.pss_bytes, o.subscribers));
  }
  return t.text();
}

std::string report::as_json(const options& o) const {
  const auto memory = [](const server_usage& u) {
    return nlohmann::ordered_json{{"rss_bytes", u.rss_bytes}, {"pss_bytes", u.pss_bytes}};
  };
  nlohmann::ordered_json j{
      {"transport", name_of(o.kind)},
      {"subscribers", o.subscribers},
      {"publishers", o.publishers},
      {"rate", o.rate},
      {"in_flight", o.in_flight},
      {"bytes", o.bytes},
      {"clean", is_clean()},
      {"measured_seconds", measured_seconds},
      {"connects_per_second", connects_per_second},
      {"published", published},
      {"deliveries", deliveries},
      {"lost", lost},
      {"misordered", misordered},
      {"gaps", gaps},
      {"troubles", troubles},
      {"first_trouble", first_trouble},
      {"latency_ms",
       {{"p50", in_milliseconds(p50)}, {"p90", in_milliseconds(p90)}, {"p99", in_milliseconds(p99)}, {"max", in_milliseconds(max)}}},
      {"own_cpu_seconds", own_cpu_seconds}};
  if (back.clients > 0)
    j["return"] = {{"clients", back.clients},
                   {"resumed", back.resumed},
                   {"seconds", back.seconds},
                   {"server_cpu_seconds", back.server_cpu_seconds},
                   {"server_cpu_peak", back.server_cpu_peak},
                   {"server_rss_peak", back.server_rss_peak},
                   {"resume_ms", {{"p50", in_milliseconds(back.p50)}, {"p99", in_milliseconds(back.p99)}, {"max", in_milliseconds(back.max)}}},
                   {"live_ms", {{"p50", in_milliseconds(back.live_p50)}, {"p99", in_milliseconds(back.live_p99)}, {"max", in_milliseconds(back.live_max)}}}};
  if (o.server_pid > 0) {
    j["server_cpu_seconds"] = server_cpu_seconds;
    j["deliveries_per_server_cpu_second"] = ratio(static_cast<double>(deliveries), server_cpu_seconds);
    j["memory"] = {{"before", memory(before)}, {"idle", memory(idle)}, {"loaded", memory(loaded)}};
    j["rss_bytes_per_connection"] = per_connection(before.rss_bytes, idle.rss_bytes, o.subscribers);
    j["pss_bytes_per_connection"] = per_connection(before.pss_bytes, idle.pss_bytes, o.subscribers);
  }
  return j.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

} // namespace troupe::bench
