#include "testing/node/virtual_node.hpp"

#include "actors/sessions/shard.hpp"
#include "testing/require.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace troupe::actors::testing {

namespace {

constexpr std::int64_t wall_start = 1'700'000'000'000; // ms since 1970
constexpr int rounds_max = 100'000;                    // past it something goes in circles

config::name_space open(std::string pattern) {
  config::name_space n;
  n.pattern = std::move(pattern);
  n.kind = config::channel_kind::open;
  n.publish = config::permission::anyone;
  n.history = config::permission::anyone;
  n.cross_origin = true;
  return n;
}

} // namespace

config::settings test_settings() {
  config::settings s;
  s.default_channel = "lobby";
  for (const char* pattern : {"lobby", "open:*"})
    s.namespaces.push_back(open(pattern));
  auto inbox = open("user:*");
  inbox.publish = config::permission::nobody;
  inbox.send = config::permission::anyone;
  s.namespaces.push_back(std::move(inbox));
  return s;
}

virtual_node::virtual_node(node_plan plan, config::settings settings, std::uint32_t shards, std::uint64_t seed,
                           stepped_system::leftovers at_end)
    : shards_(shards) {
  for (std::uint32_t i = 0; i < shards_; ++i)
    hosts_.push_back(std::make_unique<shard_host>([](const shard_host::task&) {}));
  system_ = std::make_unique<stepped_system>(at_end);
  for (auto& host : hosts_) {
    host->attach(system());
    host->close(); // hosted actors run with the others, one at a time
  }
  start_ = now();
  node_clock clock{[this] { return now(); }, [this] { return wall(); }};
  node_ = std::make_unique<node_actors>(
      system(), node_parts{std::move(settings), std::move(plan), shards_, std::move(clock),
                           [this](std::uint32_t i) -> shard_host& { return *hosts_[i]; },
                           log_, seed, disk_store::runs::when_told});
  node_->endpoints().auth.set_key(std::string{api_key}, 8080);
  node_->start();
  settle();
}

virtual_node::~virtual_node() {
  caf::anon_send_exit(node_->root(), caf::exit_reason::user_shutdown);
  pass(200ms);
  posted_.clear();
  node_.reset();
  settle();
  system_.reset();
}

// -- time ---------------------------------------------------------------------

std::chrono::steady_clock::time_point virtual_node::now() { return system_->now(); }

std::int64_t virtual_node::wall() {
  return wall_start + std::chrono::duration_cast<milliseconds>(now() - start_).count();
}

bool virtual_node::flush() {
  bool more = false;
  if (!node_)
    return more;
  for (auto& seat : node_->endpoints().shards)
    more = (seat->now && seat->now->flush()) || more;
  return more;
}

void virtual_node::settle() {
  for (int round = 0;; ++round) {
    require(round < rounds_max, "the node goes in circles: it always has more to do at once");
    const bool ran = system_->run();
    const bool told = !posted_.empty();
    for (auto& work : std::exchange(posted_, {}))
      work();
    const bool more = flush();
    const bool kept = node_ && node_->disk() && node_->disk()->work();
    if (!ran && !told && !more && !kept && posted_.empty() && system_->idle())
      return;
  }
}

void virtual_node::pass(milliseconds time) {
  settle();
  for (constexpr auto step = 10ms; time > 0ms; time -= step) {
    system_->advance(std::min<milliseconds>(step, time));
    settle();
  }
}

// -- the node -----------------------------------------------------------------

std::size_t virtual_node::logged(std::string_view part) const {
  return static_cast<std::size_t>(std::count_if(log_.lines.begin(), log_.lines.end(), [part](const auto& line) {
    return line.text.find(part) != std::string::npos;
  }));
}

void virtual_node::drain() {
  inside().draining = true;
  for (std::uint32_t i = 0; i < shards_; ++i)
    system().spawn([this, shard = find<shard_handle>(shard_name(i))](caf::event_based_actor* self) {
      self->request(shard, caf::infinite, drain_shard{"drain", {}})
          .then([this](const shard_drained&) { ++drained_; }, [](const caf::error&) {});
    });
  settle();
}

void virtual_node::stop_channels() {
  system().spawn([broker = find<broker_handle>("broker")](caf::event_based_actor* self) {
    self->request(broker, caf::infinite, actors::stop_channels{}).then([](const channels_stopped&) {}, [](const caf::error&) {});
  });
  settle();
}

std::uint64_t virtual_node::metric(const std::string& limit) {
  const auto all = node_->endpoints().bus.limits_passed();
  const auto found = all.find(limit);
  return found == all.end() ? 0 : found->second;
}

void virtual_node::fail_actor(std::string_view name) {
  const auto who = find<caf::actor>(name);
  require(static_cast<bool>(who), "there is no actor called " + std::string{name});
  caf::anon_send_exit(who, caf::exit_reason::kill);
  settle();
}

} // namespace troupe::actors::testing
