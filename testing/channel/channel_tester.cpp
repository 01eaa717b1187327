#include "testing/channel/channel_bench.hpp"

#include <troupe/testing/channel_tester.hpp>

#include <utility>

namespace troupe::testing {

channel_tester::channel_tester(std::string name, channel_factory make, const node_settings& settings,
                               const channel_options& options)
    : bench_(std::make_shared<channel_bench>(std::move(name), std::move(make), settings, options)) {}

channel_tester::~channel_tester() = default;

// -- clients ------------------------------------------------------------------

channel_client channel_tester::join(payload params, client_details who) {
  auto since = who.since;
  auto one = client(std::move(who));
  one.join(std::move(params), std::move(since));
  return one;
}

channel_client channel_tester::client(client_details who) { return {bench_, bench_->add_client(std::move(who))}; }

void channel_tester::at_once(const std::function<void()>& what) { bench_->at_once(what); }

// -- the node's API -----------------------------------------------------------

answer channel_tester::publish(std::string event, payload data, publish_options how) {
  protocol::publish p{name(), std::move(event), std::move(data), std::move(how.key), how.echo, how.ephemeral};
  const auto called = "publish " + p.event;
  return bench_->api(called, std::move(p));
}

answer channel_tester::call(std::string event, payload data, call_options how) {
  protocol::call c{name(), std::move(event), std::move(data), {}, std::move(how.key)};
  if (how.timeout)
    c.timeout = how.timeout->count();
  const auto called = "call " + c.event;
  return bench_->api(called, std::move(c));
}

void channel_tester::kick(const channel_client& who) { bench_->kick(who.id()); }

// -- what was said ------------------------------------------------------------

const std::vector<heard_message>& channel_tester::said() const { return bench_->said(); }

// -- time, and what goes wrong ------------------------------------------------

void channel_tester::pass(std::chrono::milliseconds time) { bench_->pass(time); }

std::int64_t channel_tester::now() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(bench_->inside().system.time_since_epoch()).count();
}

void channel_tester::crash(std::string reason) { bench_->crash(reason); }
void channel_tester::kill_actor() { bench_->kill_actor(); }
void channel_tester::stop(std::string reason) { bench_->stop(reason); }

void channel_tester::restart() {
  bench_->stop_whole("restarted by its test");
  bench_->start();
}

void channel_tester::restart_from(payload snapshot) {
  bench_->stop_whole("restarted by its test");
  bench_->keep_snapshot(std::move(snapshot));
  bench_->start();
}

// -- knowing ------------------------------------------------------------------

bool channel_tester::lives() const { return bench_->lives(); }
const std::string& channel_tester::name() const { return bench_->inside().parts->name; }
std::vector<member> channel_tester::members() const { return bench_->members(); }
std::vector<publication_ptr> channel_tester::history() const { return bench_->history(); }
std::optional<payload> channel_tester::snapshot() const { return bench_->snapshot(); }
const std::vector<std::string>& channel_tester::failures() const { return bench_->failures(); }
const std::vector<std::string>& channel_tester::limits_passed() const { return bench_->limits_passed(); }

std::uint64_t channel_tester::restarts() const {
  const auto& runtime = bench_->inside().runtime;
  return runtime ? runtime->describe().restarts : 0;
}

store_under_test channel_tester::store() { return store_under_test{bench_}; }
channel& channel_tester::present_object() const { return bench_->object(); }

// -- store_under_test ---------------------------------------------------------

store_under_test::store_under_test(std::shared_ptr<channel_bench> bench) : bench_(std::move(bench)) {}

void store_under_test::hold() { bench_->hold_store(); }
void store_under_test::answer(std::size_t count) { bench_->answer_store(count); }
void store_under_test::let_go() { bench_->let_store_go(); }
std::size_t store_under_test::waiting() const { return bench_->inside().keep->waiting(); }
void store_under_test::fail(std::size_t count) { bench_->inside().keep->failing = count; }

} // namespace troupe::testing
