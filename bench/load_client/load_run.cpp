#include "load_client/load_run.hpp"

#include "load_client/server_usage.hpp"

#include <algorithm>
#include <random>
#include <stdexcept>

#include <sys/resource.h>

namespace troupe::bench {

namespace {

constexpr int turn_milliseconds = 100;
constexpr nanoseconds probe_interval = milliseconds(250), quiet = milliseconds(300);
constexpr nanoseconds drain_patience = milliseconds(10'000);

double own_cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

} // namespace

load_run::load_run(const options& o)
    : options_(o), route_(make_route(o, 0, 1)), stamps_(std::random_device{}(), o.bytes),
      ledger_(o.subscribers, o.publishers, o.channels), audience_(stamps_, ledger_), crowd_(loop_, o, audience_) {
  if (o.drop_after > 0)
    returning_ = std::make_unique<mass_return>(crowd_, audience_, o);
}

report load_run::run() {
  const auto pid = options_.server_pid;
  if (options_.publishes())
    connect_publishers();
  report_.before = server_usage::of(pid);
  connect_subscribers();
  if (!options_.publishes()) {
    const auto connected = server_usage::of(pid);
    stay_idle(options_.seconds);
    report_.idle = server_usage::of(pid);
    report_.server_cpu_seconds = report_.idle.cpu_seconds - connected.cpu_seconds;
    report_.measured_seconds = options_.seconds;
  } else {
    stay_idle(options_.idle);
    report_.idle = server_usage::of(pid);
    probe();
    stay_idle(in_seconds(quiet));
    const auto start = now();
    const auto own_cpu = own_cpu_seconds();
    const auto cpu = server_usage::of(pid).cpu_seconds;
    publish_for(options_.seconds);
    if (returning_)
      wait_until("all have come back", [&] { return returning_->step(now()), returning_->is_over(); });
    drain();
    report_.measured_seconds = in_seconds(now() - start);
    report_.own_cpu_seconds = own_cpu_seconds() - own_cpu;
    report_.loaded = server_usage::of(pid);
    report_.server_cpu_seconds = report_.loaded.cpu_seconds - cpu;
  }
  report_.take(ledger_, audience_);
  if (returning_)
    report_.take(*returning_, ledger_, audience_, server_usage::peak_rss_of(pid));
  return report_;
}

// -- phases -------------------------------------------------------------------

void load_run::connect_publishers() {
  for (std::size_t i = 0; i < options_.publishers; ++i) {
    publishers_.push_back(std::make_unique<publisher>(loop_, route_.host, channel_of(options_, i), stamps_, audience_));
    publishers_.back()->open(route_);
  }
  wait_until("the publishers are connected", [&] {
    return std::all_of(publishers_.begin(), publishers_.end(), [](const auto& one) { return one->is_ready(); });
  });
}

void load_run::connect_subscribers() {
  const auto start = now();
  wait_until("all are subscribed", [&] {
    crowd_.open_more();
    return crowd_.is_complete();
  });
  report_.connects_per_second = static_cast<double>(options_.subscribers) / in_seconds(now() - start);
}

void load_run::stay_idle(double for_seconds) {
  for (const auto end = now() + seconds(for_seconds); now() < end;)
    loop_.turn(turn_milliseconds);
}

void load_run::probe() {
  auto next = now();
  wait_until("all have heard a first publication", [&] {
    if (now() >= next) {
      for (std::size_t i = 0; i < options_.channels; ++i)
        publishers_[i]->publish({.publisher = i, .sequence = 0, .sent = now()});
      flush_publishers();
      next = now() + probe_interval;
    }
    return ledger_.listening() == options_.subscribers;
  });
}

void load_run::publish_for(double for_seconds) {
  const auto start = now(), end = start + seconds(for_seconds);
  const auto interval = options_.rate > 0 ? seconds(static_cast<double>(options_.burst) / options_.rate) : 0;
  const auto window = options_.rate > 0 ? delivery_ledger::in_flight_max : options_.in_flight;
  auto due = start; // of the next burst, if there is a rate
  for (auto time = start; time < end; time = now()) {
    while (ledger_.in_flight() < window && (interval == 0 || due <= time)) {
      for (std::size_t i = 0; i < options_.burst; ++i)
        publish_next(interval == 0 ? now() : due); // late ones count from when they were due
      due += interval;
    }
    flush_publishers();
    if (returning_)
      returning_->step(now());
    // Rounded down: the last fraction of a millisecond before a publication is spent in turns that do not wait.
    const auto wait = (std::min(end, interval == 0 ? end : std::max(due, time)) - time) / milliseconds(1);
    const bool busy = returning_ && returning_->dropped() && !returning_->is_over();
    loop_.turn(static_cast<int>(std::min<nanoseconds>(wait, busy ? 1 : turn_milliseconds)));
  }
}

void load_run::drain() {
  auto deliveries = ledger_.deliveries();
  for (auto moved = now(); ledger_.in_flight() > 0 && now() - moved < drain_patience;) {
    loop_.turn(turn_milliseconds);
    if (ledger_.deliveries() != deliveries)
      moved = now();
    deliveries = ledger_.deliveries();
  }
}

// -- steps --------------------------------------------------------------------

void load_run::publish_next(nanoseconds sent) {
  const auto index = ledger_.published() % publishers_.size();
  publishers_[index]->publish({.publisher = index, .sequence = ledger_.publish(index), .sent = sent});
}

void load_run::flush_publishers() {
  for (const auto& one : publishers_)
    one->flush_published();
}

void load_run::wait_until(const char* what, const std::function<bool()>& done) {
  const auto end = now() + seconds(options_.patience);
  while (!done()) {
    if (now() > end || audience_.troubles() > options_.subscribers / 100)
      throw std::runtime_error{std::string{"waited in vain until "} + what + " (" +
                               std::to_string(audience_.subscribed_count()) + " subscribed, " +
                               std::to_string(ledger_.listening()) + " heard something, " +
                               std::to_string(audience_.troubles()) + " troubles" +
                               (audience_.troubles() > 0 ? ", the first: " + audience_.first_trouble() : "") + ")"};
    loop_.turn(10);
  }
}

} // namespace troupe::bench
