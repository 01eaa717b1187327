#include "examples/dashboard/proc.hpp"

#include <charconv>
#include <fstream>
#include <iterator>
#include <optional>

namespace examples {

namespace {

/// Takes the text up to `end` (and `end`) from the front of `rest`.
std::string_view take_until(std::string_view& rest, char end) {
  const auto at = rest.find(end);
  const auto taken = rest.substr(0, at);
  rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
  return taken;
}

std::optional<std::string_view> take_word(std::string_view& rest) {
  const auto begin = rest.find_first_not_of(" \t");
  if (begin == std::string_view::npos)
    return std::nullopt;
  rest.remove_prefix(begin);
  const auto end = rest.find_first_of(" \t");
  const auto word = rest.substr(0, end);
  rest.remove_prefix(word.size());
  return word;
}

std::uint64_t number(std::string_view word) {
  std::uint64_t value = 0;
  std::from_chars(word.data(), word.data() + word.size(), value);
  return value;
}

std::vector<std::uint64_t> numbers(std::string_view rest) {
  std::vector<std::uint64_t> all;
  while (auto word = take_word(rest))
    all.push_back(number(*word));
  return all;
}

/// user nice system idle iowait irq softirq steal; guest time is part of user time already.
cpu_times times_of(std::string_view rest) {
  constexpr std::size_t idle = 3, iowait = 4, counted = 8;
  const auto ticks = numbers(rest);
  cpu_times t;
  for (std::size_t i = 0; i < ticks.size() && i < counted; ++i) {
    t.total += ticks[i];
    if (i != idle && i != iowait)
      t.busy += ticks[i];
  }
  return t;
}

std::string text_of(const std::string& path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

} // namespace

// -- parsing ------------------------------------------------------------------

cpu_reading parse_stat(std::string_view text) {
  cpu_reading reading;
  while (!text.empty()) {
    auto line = take_until(text, '\n');
    const auto name = take_word(line).value_or("");
    if (name == "cpu")
      reading.all = times_of(line);
    else if (name.starts_with("cpu"))
      reading.cores.push_back(times_of(line));
  }
  return reading;
}

memory_reading parse_meminfo(std::string_view text) {
  constexpr std::uint64_t kib = 1024;
  memory_reading reading;
  while (!text.empty()) {
    auto line = take_until(text, '\n');
    const auto name = take_until(line, ':');
    const auto value = number(take_word(line).value_or("")) * kib;
    if (name == "MemTotal")
      reading.total = value;
    else if (name == "MemAvailable")
      reading.available = value;
  }
  return reading;
}

network_reading parse_net_dev(std::string_view text) {
  constexpr std::size_t received = 0, sent = 8;
  network_reading reading;
  while (!text.empty()) {
    auto line = take_until(text, '\n');
    if (line.find(':') == std::string_view::npos)
      continue; // the two heading lines
    auto name = take_until(line, ':');
    name = take_word(name).value_or("");
    const auto counts = numbers(line);
    if (counts.size() <= sent)
      continue;
    if (name == "lo") {
      reading.loopback += counts[received];
    } else {
      reading.received += counts[received];
      reading.sent += counts[sent];
    }
  }
  return reading;
}

double parse_loadavg(std::string_view text) {
  double load = 0;
  std::from_chars(text.data(), text.data() + text.size(), load);
  return load;
}

// -- reading ------------------------------------------------------------------

machine_reading read_machine(const std::string& root) {
  return {parse_stat(text_of(root + "/stat")), parse_meminfo(text_of(root + "/meminfo")),
          parse_net_dev(text_of(root + "/net/dev")), parse_loadavg(text_of(root + "/loadavg"))};
}

double busy_percent(const cpu_times& before, const cpu_times& after) {
  if (after.total <= before.total || after.busy < before.busy)
    return 0;
  return 100.0 * static_cast<double>(after.busy - before.busy) / static_cast<double>(after.total - before.total);
}

} // namespace examples
