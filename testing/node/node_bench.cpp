#include "testing/node/node_bench.hpp"

#include "testing/node/clients.hpp"
#include "testing/read_configuration.hpp"

#include <stdexcept>
#include <utility>

namespace troupe::testing {

using std::chrono::milliseconds;

actors::node_plan& node_bench::plan() {
  if (node_)
    throw std::logic_error("the node has started: add to it before its first use");
  return plan_;
}

actors::testing::virtual_node& node_bench::node() {
  if (node_)
    return *node_;
  auto read = read_;
  actors::add_plan(read, plan_);
  must_be_right(read);
  node_ = std::make_unique<actors::testing::virtual_node>(plan_, std::move(read.values), shape_.shards, shape_.seed,
                                                          actors::testing::stepped_system::leftovers::let_go);
  return *node_;
}

// -- clients ------------------------------------------------------------------

std::shared_ptr<caller> node_bench::connect(connect_details how) {
  const auto over = how.over;
  const auto lands_on = static_cast<std::uint32_t>(callers_.size()) % shape_.shards;
  callers_.push_back(std::make_shared<caller>(node(), std::move(how), lands_on));
  go(*callers_.back(), over);
  return callers_.back();
}

void node_bench::go(caller& who, wire over) {
  who.go(over);
  run();
}

void node_bench::run() {
  for (bool more = true; more;) {
    node().settle();
    more = false;
    for (const auto& one : callers_)
      more = one->read() || more;
  }
}

void node_bench::pass(milliseconds time) {
  constexpr milliseconds step{10};
  run();
  for (; time > milliseconds::zero(); time -= std::min(time, step)) {
    node().pass(std::min(time, step));
    run();
  }
}

// -- HTTP ---------------------------------------------------------------------

transports::http_response node_bench::request(std::string method, std::string target, std::string body,
                                              std::vector<std::pair<std::string, std::string>> headers) {
  auto answered = actors::testing::answer(node(), std::move(method), std::move(target), std::move(body), std::move(headers));
  run();
  return answered;
}

transports::http_response node_bench::api(const std::string& path, const nlohmann::json& body) {
  return request("POST", path, body.dump(), {{"authorization", "Bearer " + std::string{actors::testing::api_key}}});
}

// -- storms -------------------------------------------------------------------

void node_bench::storm(const storm_plan& plan, const std::function<void(std::size_t step)>& meanwhile) {
  std::mt19937_64 dice{plan.seed};
  for (std::size_t step = 0; step < plan.steps; ++step) {
    if (meanwhile)
      meanwhile(step);
    if (!callers_.empty())
      befall(*callers_[dice() % callers_.size()], dice);
    if (plan.crashes && dice() % 20 == 0)
      crash_one(dice);
  }
  for (const auto& one : callers_)
    if (one->connected())
      one->line()->read_again();
    else
      go(*one, one->over());
  pass(milliseconds{1000});
}

void node_bench::befall(caller& who, std::mt19937_64& dice) {
  const auto over = all_wires[dice() % all_wires.size()];
  if (!who.connected())
    return dice() % 2 == 0 ? go(who, over) : pass(milliseconds{10 + dice() % 40});
  switch (dice() % 6) {
  case 0: who.drop(); break;
  case 1: return go(who, over); // without a word about the connection it had
  case 2: who.line()->stop_reading(); break;
  case 3: who.line()->read_again(); break;
  default: return pass(milliseconds{10 + dice() % 40});
  }
  run();
}

void node_bench::crash_one(std::mt19937_64& dice) {
  const auto all = nlohmann::json::parse(
      request("GET", "/api/channels", {}, {{"authorization", "Bearer " + std::string{actors::testing::api_key}}}).body);
  if (const auto& list = all.at("channels"); !list.empty())
    (void)api("/api/kill", {{"channel", list[dice() % list.size()].at("name")}});
}

} // namespace troupe::testing
