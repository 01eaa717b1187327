#include "examples/dashboard/metrics.hpp"

#include <algorithm>

namespace examples {

namespace {

constexpr std::size_t recent_max = 100;
constexpr std::chrono::seconds period{1};

double per_second(std::uint64_t before, std::uint64_t after, double seconds) {
  return after > before && seconds > 0 ? static_cast<double>(after - before) / seconds : 0;
}

sample between(const machine_reading& a, const machine_reading& b, double seconds) {
  sample s;
  s.cpu = busy_percent(a.cpu.all, b.cpu.all);
  for (std::size_t i = 0; i < std::min(a.cpu.cores.size(), b.cpu.cores.size()); ++i)
    s.cores.push_back(busy_percent(a.cpu.cores[i], b.cpu.cores[i]));
  s.load = b.load;
  s.memory_total = b.memory.total;
  s.memory_used = b.memory.total - std::min(b.memory.available, b.memory.total);
  s.received = per_second(a.network.received, b.network.received, seconds);
  s.sent = per_second(a.network.sent, b.network.sent, seconds);
  s.loopback = per_second(a.network.loopback, b.network.loopback, seconds);
  return s;
}

} // namespace

void metrics::setup() {
  before_ = read_machine();
  before_time_ = now();
  every(period, [this] { take_sample(); });
}

troupe::join_result metrics::on_join(const troupe::member& who, const troupe::payload&) {
  const auto answer = promise_answer();
  history<sample>("sample", recent_max, [this, who, answer](const auto& said) {
    recent r;
    for (const auto& one : said)
      r.samples.push_back(one.data);
    for (const auto* a : {&cpu_, &memory_})
      if (a->raised())
        r.raised.push_back(a->rule().name);
    push(who, "recent", r);
    answer.reply();
  });
  return troupe::later(answer);
}

void metrics::take_sample() {
  const auto time = now();
  auto reading = read_machine();
  auto s = between(before_, reading, static_cast<double>(time - before_time_) / 1000);
  s.time = time;
  before_ = std::move(reading);
  before_time_ = time;

  broadcast("sample", s);
  judge(cpu_, s.cpu, time);
  if (s.memory_total > 0)
    judge(memory_, 100.0 * static_cast<double>(s.memory_used) / static_cast<double>(s.memory_total), time);
}

void metrics::judge(threshold& of, double value, std::int64_t time) {
  const auto changed = of.next(value);
  if (!changed)
    return;
  const auto& rule = of.rule();
  broadcast("alert", alert{rule.name, *changed ? "raised" : "cleared", value,
                           *changed ? rule.raise_above : rule.clear_below, time});
}

} // namespace examples
