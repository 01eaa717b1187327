// Metrics of the application's own: what may be called how, how many there are, and how they are written.

#include "actors/endpoints/own_metrics.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace troupe::actors {

namespace {

std::string text_of(const own_metrics& all) {
  prometheus_text out;
  all.write(out);
  return out.take();
}

std::string refusal(const std::function<void()>& make) {
  try {
    make();
  } catch (const std::invalid_argument& why) {
    return why.what();
  }
  return "taken";
}

constexpr std::size_t many = 1000;

} // namespace

TEST_CASE("metrics of the application are written with their head, kind by kind, series by series") {
  own_metrics all;
  const auto north = all.make_counter("bids_total", "Bids\nthat were \\taken.", {{"house", "no\"rth"}}, many);
  const auto south = all.make_counter("bids_total", "Bids\nthat were \\taken.", {{"house", "south"}}, many);
  const auto price = all.make_gauge("price_euros", "The price.", {}, many);
  const auto spread = all.make_histogram("hammer_euros", "At the hammer.", {10, 100}, {{"house", "a"}}, many);
  north.add();
  north.add(2);
  price.set(2.5);
  price.add(-1);
  for (const double value : {10.0, 10.5, 1000.0, std::numeric_limits<double>::quiet_NaN()})
    spread.observe(value);
  CHECK(north.value() == 3);
  CHECK(south.value() == 0);
  CHECK(text_of(all) == "# HELP bids_total Bids\\nthat were \\\\taken.\n# TYPE bids_total counter\n"
                        "bids_total{house=\"no\\\"rth\"} 3\nbids_total{house=\"south\"} 0\n"
                        "# HELP hammer_euros At the hammer.\n# TYPE hammer_euros histogram\n"
                        "hammer_euros_bucket{house=\"a\",le=\"10\"} 1\nhammer_euros_bucket{house=\"a\",le=\"100\"} 2\n"
                        "hammer_euros_bucket{house=\"a\",le=\"+Inf\"} 3\nhammer_euros_sum{house=\"a\"} 1020.5\n"
                        "hammer_euros_count{house=\"a\"} 3\n"
                        "# HELP price_euros The price.\n# TYPE price_euros gauge\nprice_euros 1.5\n");
}

TEST_CASE("values that are no number to write are written as Prometheus reads them") {
  own_metrics all;
  const auto one = all.make_gauge("one", "One.", {}, many);
  one.set(std::numeric_limits<double>::infinity());
  CHECK(text_of(all).ends_with("one +Inf\n"));
  one.set(std::numeric_limits<double>::quiet_NaN());
  CHECK(text_of(all).ends_with("one NaN\n"));
}

TEST_CASE("names of metrics and labels keep to the conventions, and say which one they break") {
  own_metrics all;
  const auto counted = [&](const std::string& name, metric_labels labels = {}) {
    return refusal([&] { (void)all.make_counter(name, "", std::move(labels), many); });
  };
  const auto shown = [&](const std::string& name) { return refusal([&] { (void)all.make_gauge(name, "", {}, many); }); };
  for (const auto* name : {"", "Bids_total", "1_total", "bids-total", "bids total", "_total"})
    CHECK(counted(name) == "metric `" + std::string{name} + "`: a name has a-z, 0-9 and _, and begins with a letter");
  CHECK(counted("troupe_bids_total").find("the node's own") != std::string::npos);
  CHECK(shown("process_bids").find("the node's own") != std::string::npos);
  CHECK(counted("bids") == "metric `bids`: a counter's name ends with _total");
  CHECK(shown("bids_total") == "metric `bids_total`: only a counter's name ends with _total");
  CHECK(shown("bids_count").find("parts") != std::string::npos);
  CHECK(counted("a_total", {{"le", "1"}}) == "metric `a_total`: no label can be called `le`");
  CHECK(counted("a_total", {{"__x", "1"}}).find("no label") != std::string::npos);
  CHECK(counted("a_total", {{"x", "1"}, {"x", "2"}}).find("twice") != std::string::npos);
  CHECK(counted("a_total", {{"x", std::string(257, 'x')}}).find("256 bytes") != std::string::npos);
  CHECK(counted("a_total", {{"x", "a\xff"}}) == "metric `a_total`: the value of the label `x` is not UTF-8");
  for (const auto& bounds : {std::vector<double>{}, {1, 1}, {2, 1}, {std::numeric_limits<double>::infinity()},
                             std::vector<double>(65, 0)})
    CHECK(refusal([&] { (void)all.make_histogram("h", "", bounds, {}, many); }).find("bounds") != std::string::npos);
  CHECK(text_of(all).empty());
}

TEST_CASE("a series that is there is refused, and so is one that does not fit its family") {
  own_metrics all;
  const auto first = all.make_counter("a_total", "A.", {{"x", "1"}, {"y", "2"}}, many);
  const auto again = [&](const std::string& help, metric_labels labels) {
    return refusal([&] { (void)all.make_counter("a_total", help, std::move(labels), many); });
  };
  CHECK(again("A.", {{"y", "2"}, {"x", "1"}}) == "metric `a_total`: it is there already, with x=\"1\",y=\"2\"");
  CHECK(again("Another.", {{"x", "3"}, {"y", "2"}}).find("same help") != std::string::npos);
  CHECK(again("A.", {{"x", "3"}}).find("same names of labels") != std::string::npos);
  const auto shown = all.make_gauge("b", "B.", {}, many);
  CHECK(refusal([&] { (void)all.make_histogram("b", "B.", {1}, {}, many); }) ==
        "metric `b`: it is there already, as one of another kind");
  CHECK(again("A.", {{"x", "3"}, {"y", "2"}}) == "taken");
}

TEST_CASE("metrics are at most as many as the limit says, and one that was refused takes no place") {
  own_metrics all;
  const auto one = all.make_counter("a_total", "A.", {{"x", "1"}}, 2);
  CHECK_THROWS_AS(all.make_counter("a_total", "A.", {{"x", "1"}}, 2), std::invalid_argument);
  const auto two = all.make_counter("a_total", "A.", {{"x", "2"}}, 2);
  CHECK_THROWS_AS(all.make_counter("a_total", "A.", {{"x", "3"}}, 2), std::length_error);
  CHECK_THROWS_AS(all.make_counter("b_total", "B.", {}, 2), std::length_error);
}

TEST_CASE("metrics are counted from many threads, made and written meanwhile, and outlive their node") {
  auto all = std::make_unique<own_metrics>();
  const auto n = all->make_counter("n_total", "N.", {}, many);
  const auto sum = all->make_gauge("sum", "Sum.", {}, many);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 1000; ++i) {
        n.add();
        sum.add(1);
      }
      (void)all->make_gauge("made_" + std::to_string(t), "", {}, many);
    });
  (void)text_of(*all);
  for (auto& t : threads)
    t.join();
  CHECK(n.value() == 4000);
  CHECK(sum.value() == 4000);
  CHECK(text_of(*all).find("made_3 0\n") != std::string::npos);
  all.reset();
  n.add();
  CHECK(n.value() == 4001);
}

} // namespace troupe::actors
