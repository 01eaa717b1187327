#include "load_client/mass_return.hpp"

#include "load_client/server_usage.hpp"

#include <algorithm>
#include <random>

namespace troupe::bench {

namespace {

constexpr std::size_t opened_at_once = 64; // so that the others are read meanwhile
constexpr std::size_t dropped_at_once = 128;
constexpr nanoseconds look_interval = milliseconds(250);

} // namespace

mass_return::mass_return(crowd& who, audience& told, const options& o) : crowd_(who), audience_(told), options_(o) {
  std::minstd_rand dice{std::random_device{}()};
  std::uniform_int_distribution<nanoseconds> within{0, seconds(o.return_within)};
  for (auto i = o.stay; i < o.subscribers; ++i)
    due_.push_back({within(dice), i});
  std::sort(due_.begin(), due_.end(), [](const coming& a, const coming& b) { return a.at < b.at; });
}

void mass_return::step(nanoseconds time) {
  if (begun_ == 0)
    begun_ = time;
  if (is_over() || time < begun_ + seconds(options_.drop_after))
    return;
  if (!dropped())
    begin(time);
  for (std::size_t n = 0; n < dropped_at_once && gone_ < due_.size(); ++n)
    crowd_.drop(due_[gone_++].who);
  for (std::size_t n = 0; n < opened_at_once && opened_ < gone_ && dropped_at_ + due_[opened_].at <= time; ++n)
    crowd_.bring_back(due_[opened_++].who);
  if (time >= looked_at_ + look_interval)
    look_at_server(time);
  if (audience_.returned() == due_.size()) {
    over_at_ = time;
    cpu_at_end_ = server_usage::cpu_of(options_.server_pid);
    audience_.watch_first(0);
  }
}

void mass_return::begin(nanoseconds time) {
  audience_.watch_first(options_.stay);
  dropped_at_ = looked_at_ = time;
  cpu_at_drop_ = cpu_at_look_ = server_usage::cpu_of(options_.server_pid);
}

void mass_return::look_at_server(nanoseconds time) {
  const auto cpu = server_usage::cpu_of(options_.server_pid);
  cpu_peak_ = std::max(cpu_peak_, (cpu - cpu_at_look_) / in_seconds(time - looked_at_));
  cpu_at_look_ = cpu;
  looked_at_ = time;
}

} // namespace troupe::bench
