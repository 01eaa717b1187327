#include "actors/node/node_settings.hpp"
#include "protocol/names.hpp"
#include "testing/node/clients.hpp"
#include "testing/node/heard_in_json.hpp"
#include "testing/node/node_bench.hpp"
#include "testing/read_configuration.hpp"

#include <troupe/testing/node_under_test.hpp>

#include <stdexcept>
#include <utility>

namespace troupe::testing {

using nlohmann::json;

namespace {

void check_pattern(const std::string& pattern) {
  if (auto wrong = protocol::pattern_error(pattern))
    throw std::invalid_argument("pattern `" + pattern + "`: " + *wrong);
}

const char* word_of(actors::log_level level) {
  constexpr std::array words{"debug", "info", "warn", "error"};
  return words[static_cast<std::size_t>(level)];
}

} // namespace

node_under_test::node_under_test(std::string_view configuration, node_shape shape)
    : node_under_test(settings_in(configuration), shape) {}

node_under_test::node_under_test(const node_settings& settings, node_shape shape)
    : bench_(std::make_shared<node_bench>(read_configuration(settings), shape)) {}

node_under_test::~node_under_test() = default;

// -- what the application adds ------------------------------------------------

node_under_test& node_under_test::channel(std::string pattern, channel_factory factory, const channel_options& options) {
  check_pattern(pattern);
  bench_->plan().describe(pattern, config::channel_kind::application).said = actors::values_of(options);
  bench_->plan().classes.add(std::move(pattern), std::move(factory));
  return *this;
}

node_under_test& node_under_test::open_channel(std::string pattern, const channel_options& options) {
  check_pattern(pattern);
  bench_->plan().describe(pattern, config::channel_kind::open).said = actors::values_of(options);
  bench_->plan().open_channels.push_back(std::move(pattern));
  return *this;
}

node_under_test& node_under_test::on_connect(connect_hook hook) {
  bench_->plan().on_connect = std::move(hook);
  return *this;
}

// -- clients ------------------------------------------------------------------

node_client node_under_test::connect(connect_details how) { return {bench_, bench_->connect(std::move(how))}; }

http_answer node_under_test::request(std::string method, std::string target, std::string body,
                                     std::vector<std::pair<std::string, std::string>> headers) {
  auto r = bench_->request(std::move(method), std::move(target), std::move(body), std::move(headers));
  return {r.status, std::move(r.headers), std::move(r.body)};
}

answer node_under_test::publish(const std::string& channel, const std::string& event, payload data) {
  json what{{"channel", channel}, {"event", event}};
  put_data(what, "data", data, false);
  const auto r = bench_->api("/api/publish", what);
  const auto told = json::parse(r.body);
  auto state = std::make_shared<answer_state>(answer_state{"publish " + event + " of the API"});
  if (r.status == 200)
    state->result = payload::from(told);
  else
    state->result = failure_in(told.value("error", json::object()));
  return answer{std::move(state)};
}

// -- time, and what goes wrong ------------------------------------------------

void node_under_test::pass(std::chrono::milliseconds time) { bench_->pass(time); }
std::int64_t node_under_test::now() { return bench_->node().wall(); }

bool node_under_test::crash(const std::string& channel) {
  return bench_->api("/api/kill", {{"channel", channel}}).status == 200;
}

void node_under_test::fail_actor(std::string_view name) {
  bench_->node().fail_actor(name);
  bench_->run();
}

void node_under_test::storm(const storm_plan& plan, const std::function<void(std::size_t step)>& meanwhile) {
  bench_->storm(plan, meanwhile);
}

void node_under_test::drain() {
  bench_->node().drain();
  bench_->run();
}

// -- knowing ------------------------------------------------------------------

std::vector<std::string> node_under_test::log() const {
  std::vector<std::string> all;
  for (const auto& line : bench_->node().log().lines)
    all.push_back(std::string{word_of(line.level)} + " " + line.text);
  return all;
}

std::uint64_t node_under_test::limit_passed(const std::string& key) { return bench_->node().metric(key); }

} // namespace troupe::testing
