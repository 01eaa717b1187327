#include "testing/node/heard_in_json.hpp"
#include "testing/node/node_bench.hpp"

#include <troupe/testing/node_client.hpp>

#include <ostream>
#include <utility>

namespace troupe::testing {

using nlohmann::json;

std::string_view to_string(wire over) noexcept {
  constexpr std::array<std::string_view, all_wires.size()> names{"WebSocket, JSON", "WebSocket, msgpack", "event stream",
                                                                 "poll"};
  return names[static_cast<std::size_t>(over)];
}

std::ostream& operator<<(std::ostream& out, wire over) { return out << to_string(over); }

node_client::node_client(std::shared_ptr<node_bench> bench, std::shared_ptr<caller> who)
    : bench_(std::move(bench)), who_(std::move(who)) {}

// -- its connection -----------------------------------------------------------

bool node_client::connected() const { return who_->connected(); }
std::string node_client::session() const { return who_->session(); }
unsigned node_client::refused() const { return who_->refused(); }
unsigned node_client::close_code() const { return who_->close_code(); }

void node_client::drop() {
  who_->drop();
  bench_->run();
}

bool node_client::come_back(std::optional<wire> over) {
  bench_->go(*who_, over.value_or(who_->over()));
  return who_->went_on();
}

void node_client::close() {
  who_->close();
  bench_->run();
}

void node_client::stop_reading() {
  if (auto* held = who_->line())
    held->stop_reading();
}

void node_client::read_again() {
  if (auto* held = who_->line())
    held->read_again();
  bench_->run();
}

// -- commands -----------------------------------------------------------------

namespace {

json command(const char* action, const std::string& channel) { return {{"action", action}, {"channel", channel}}; }

void put_key(json& into, const std::string& key) {
  if (!key.empty())
    into["key"] = key;
}

} // namespace

answer node_client::join(const std::string& channel, payload params, join_options how) {
  auto what = command("subscribe", channel);
  if (!params.is_null())
    what["params"] = params.value();
  if (how.presence)
    what["presence"] = true;
  if (how.since)
    what["since"] = {{"epoch", how.since->epoch}, {"offset", how.since->offset}};
  auto told = who_->ask(std::move(what), "join " + channel);
  bench_->run();
  return told;
}

answer node_client::leave(const std::string& channel) {
  auto told = who_->ask(command("unsubscribe", channel), "leave " + channel);
  bench_->run();
  return told;
}

answer node_client::call(const std::string& channel, const std::string& event, payload data, call_options how) {
  auto what = command("call", channel);
  what["event"] = event;
  put_data(what, "data", data, who_->has_bytes());
  put_key(what, how.key);
  if (how.timeout)
    what["timeout"] = how.timeout->count();
  auto told = who_->ask(std::move(what), "call " + event);
  bench_->run();
  return told;
}

answer node_client::publish(const std::string& channel, const std::string& event, payload data, publish_options how) {
  auto what = command("publish", channel);
  what["event"] = event;
  put_data(what, "data", data, who_->has_bytes());
  put_key(what, how.key);
  if (!how.echo)
    what["echo"] = false;
  if (how.ephemeral)
    what["ephemeral"] = true;
  auto told = who_->ask(std::move(what), "publish " + event);
  bench_->run();
  return told;
}

answer node_client::authenticate(const std::string& token) {
  auto told = who_->ask({{"action", "authenticate"}, {"token", token}}, "authenticate");
  bench_->run();
  return told;
}

void node_client::reply(payload data) {
  const auto question = who_->next_ask();
  if (!question)
    throw unmet(session() + " has no question to answer. Heard was:\n" + to_string(heard()));
  json what{{"action", "answer"}, {"ask", *question}};
  put_data(what, "data", data, who_->has_bytes());
  who_->say_unasked(std::move(what));
  bench_->run();
}

// -- what it heard ------------------------------------------------------------

const std::vector<heard_message>& node_client::heard() const { return who_->heard(); }
std::string node_client::news() { return who_->news(); }

} // namespace troupe::testing
