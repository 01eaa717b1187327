#include "actors/endpoints/own_metrics.hpp"

#include "protocol/names.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace troupe {

void histogram::observe(double value) const noexcept {
  if (std::isnan(value))
    return;
  const auto& bounds = cells_->bounds;
  const auto bucket = std::lower_bound(bounds.begin(), bounds.end(), value) - bounds.begin();
  cells_->counts[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  cells_->sum.fetch_add(value, std::memory_order_relaxed);
}

} // namespace troupe

namespace troupe::actors {

namespace {

constexpr std::size_t bounds_max = 64;
constexpr std::size_t label_value_bytes_max = 256;

[[noreturn]] void refuse_metric(const std::string& name, const std::string& why) {
  throw std::invalid_argument("metric `" + name + "`: " + why);
}

bool well_formed(std::string_view name) {
  return !name.empty() && name.front() >= 'a' && name.front() <= 'z' &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

void check_name(const std::string& name, bool counts) {
  if (!well_formed(name))
    refuse_metric(name, "a name has a-z, 0-9 and _, and begins with a letter");
  for (const std::string_view ours : {"troupe_", "process_"})
    if (name.starts_with(ours))
      refuse_metric(name, "names with " + std::string{ours} + " are the node's own");
  if (counts != name.ends_with("_total"))
    refuse_metric(name, counts ? "a counter's name ends with _total" : "only a counter's name ends with _total");
  for (const std::string_view of_histogram : {"_bucket", "_sum", "_count"})
    if (name.ends_with(of_histogram))
      refuse_metric(name, std::string{of_histogram} + " ends the names of a histogram's parts");
}

void check_labels(const std::string& name, const metric_labels& sorted) {
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const auto& [label, value] = sorted[i];
    if (!well_formed(label) || label == "le")
      refuse_metric(name, "no label can be called `" + label + "`");
    if (i > 0 && label == sorted[i - 1].first)
      refuse_metric(name, "the label `" + label + "` is there twice");
    if (!protocol::is_utf8(value)) // Prometheus would take nothing of the whole page
      refuse_metric(name, "the value of the label `" + label + "` is not UTF-8");
    if (value.size() > label_value_bytes_max)
      refuse_metric(name, "a label's value has at most " + std::to_string(label_value_bytes_max) + " bytes");
  }
}

std::string written(const metric_labels& labels) {
  std::string all;
  for (const auto& [name, value] : labels)
    all += (all.empty() ? "" : ",") + prometheus_text::label(name, value);
  return all;
}

std::string one_line(const std::string& help) {
  std::string all;
  for (const char c : help)
    all += c == '\\' ? "\\\\" : c == '\n' ? "\\n" : std::string(1, c);
  return all;
}

} // namespace

// -- making -------------------------------------------------------------------

troupe::counter own_metrics::make_counter(const std::string& name, const std::string& help, metric_labels labels, std::size_t most) {
  check_name(name, true);
  auto made = std::make_shared<std::atomic<std::uint64_t>>(0);
  add(name, help, std::move(labels), made, most);
  return troupe::counter{std::move(made)};
}

troupe::gauge own_metrics::make_gauge(const std::string& name, const std::string& help, metric_labels labels, std::size_t most) {
  check_name(name, false);
  auto made = std::make_shared<std::atomic<double>>(0);
  add(name, help, std::move(labels), made, most);
  return troupe::gauge{std::move(made)};
}

troupe::histogram own_metrics::make_histogram(const std::string& name, const std::string& help, std::vector<double> bounds,
                                              metric_labels labels, std::size_t most) {
  check_name(name, false);
  const bool rise = std::adjacent_find(bounds.begin(), bounds.end(), [](double a, double b) { return !(a < b); }) == bounds.end();
  const bool finite = std::all_of(bounds.begin(), bounds.end(), [](double b) { return std::isfinite(b); });
  if (bounds.empty() || bounds.size() > bounds_max || !rise || !finite)
    refuse_metric(name, "its bounds are 1 to " + std::to_string(bounds_max) + " numbers that rise");
  auto made = std::make_shared<troupe::histogram::cells>(std::move(bounds));
  add(name, help, std::move(labels), made, most);
  return troupe::histogram{std::move(made)};
}

void own_metrics::add(const std::string& name, const std::string& help, metric_labels labels, cell what, std::size_t most) {
  std::sort(labels.begin(), labels.end());
  check_labels(name, labels);
  std::vector<std::string> names;
  for (const auto& [label, value] : labels)
    names.push_back(label);
  const std::lock_guard guard{mutex_};
  if (const auto there = families_.find(name); there != families_.end()) {
    const auto& all = there->second;
    if (all.series.begin()->second.index() != what.index())
      refuse_metric(name, "it is there already, as one of another kind");
    if (all.help != one_line(help) || all.label_names != names)
      refuse_metric(name, "all its series have the same help and the same names of labels");
    if (all.series.contains(written(labels)))
      refuse_metric(name, "it is there already" + (labels.empty() ? "" : ", with " + written(labels)));
  }
  if (series_ >= most)
    throw std::length_error("metric `" + name + "`: a node has at most " + std::to_string(most) +
                            " series of the application's (limits.metric_series)");
  ++series_;
  auto& all = families_[name];
  all.help = one_line(help);
  all.label_names = std::move(names);
  all.series.emplace(written(labels), std::move(what));
}

// -- telling ------------------------------------------------------------------

void own_metrics::write(prometheus_text& out) const {
  using kind = prometheus_text::kind;
  const std::lock_guard guard{mutex_};
  for (const auto& [name, all] : families_) {
    switch (all.series.begin()->second.index()) {
    case 0: out.family(name, kind::counter, all.help); break;
    case 1: out.family(name, kind::gauge, all.help); break;
    default: out.histogram_family(name, all.help); break;
    }
    for (const auto& [labels, what] : all.series) {
      if (const auto* n = std::get_if<counted>(&what))
        out.series(labels, (*n)->load(std::memory_order_relaxed));
      else if (const auto* g = std::get_if<gauged>(&what))
        out.series(labels, (*g)->load(std::memory_order_relaxed));
      else
        out.buckets(labels, *std::get<spread>(what));
    }
  }
}

} // namespace troupe::actors
