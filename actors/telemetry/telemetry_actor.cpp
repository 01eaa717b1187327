#include "actors/telemetry/telemetry_actor.hpp"

#include "actors/hosting/exit_reason.hpp"
#include "actors/hosting/fan_in.hpp"

#include <caf/actor_system.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>
#include <utility>

namespace troupe::actors {

namespace {

constexpr auto batch_pause = std::chrono::milliseconds{50};
constexpr std::size_t batch_max = 500;
constexpr auto observe_period = std::chrono::seconds{1};
constexpr std::size_t quiet_seconds_max = 3;

} // namespace

telemetry_actor::telemetry_actor(caf::actor_config& cfg, telemetry_parts parts)
    : telemetry_handle::base(cfg), parts_(std::move(parts)) {
  set_default_handler(caf::drop);
  set_exception_handler(reason_of_exception);
}

telemetry_actor::behavior_type telemetry_actor::make_behavior() {
  sample();
  return {
      [this](const event_message& e) {
        parts_.bus.handled();
        take(e.what);
        tell_lost();
      },
      [this](const observe_tick&) { observe(); },
      [this](const flush_events&) { flush(); },
      [this](const sum_up_lines&) { sum_up(); },
      [this](const sample_tick&) { sample(); },
      [this](const tell_load&) { return hour_.told(); },
  };
}

telemetry_actor::time_point telemetry_actor::now() { return system().clock().now(); }

void telemetry_actor::sample() {
  hour_.add(parts_.totals());
  delayed_send(this, load_history::period, sample_tick{});
}

void telemetry_actor::take(const node_event& what) {
  if (const auto* many = std::get_if<events::members_left>(&what)) {
    for (const auto id : many->sessions)
      take(events::member_left{many->channel, id, many->why, many->heard});
    return;
  }
  const bool itself = about_itself(what);
  const bool somebody_looks =
      std::holds_alternative<events::actor_started>(what) || std::holds_alternative<events::member_joined>(what);
  if (itself && somebody_looks && !observed_) {
    set_observed(true);
    quiet_seconds_ = 0;
    before_ = parts_.totals();
    measured_ = now();
    delayed_send(this, observe_period, observe_tick{});
  }
  log(what);
  if (observed_ && !itself)
    tell(what);
}

void telemetry_actor::set_observed(bool somebody) {
  observed_ = somebody;
  parts_.bus.set_observed(somebody);
}

// -- log lines ----------------------------------------------------------------

void telemetry_actor::log(const node_event& what) {
  if (!parts_.log.wants(level_of(what)) || is_written_at_once(what))
    return;
  const auto line = line_of(what);
  if (topics_.admit(line, now()))
    parts_.log.write(line, &what);
  if (!topics_.empty() && !std::exchange(summing_up_, true))
    delayed_send(this, line_topics::pause, sum_up_lines{});
}

void telemetry_actor::sum_up() {
  for (const auto& line : topics_.summaries(now()))
    parts_.log.write(line, nullptr);
  summing_up_ = !topics_.empty();
  if (summing_up_)
    delayed_send(this, line_topics::pause, sum_up_lines{});
}

/// What the desk could not hand on: too much happened at once.
void telemetry_actor::tell_lost() {
  std::string kinds;
  for (const auto& [kind, n] : parts_.bus.take_lost())
    kinds += (kinds.empty() ? "" : ", ") + std::to_string(n) + " " + std::string{kind};
  if (!kinds.empty())
    take(events::note{"more happened at once than could be told (limits.events_waiting); not told: " + kinds, true});
}

// -- for the observer ---------------------------------------------------------

void telemetry_actor::tell(const node_event& what) {
  auto e = told(what);
  if (!e.name.empty())
    publish({std::string{e.name}, payload::json_text(std::move(e.json)), true});
}

void telemetry_actor::publish(node_events::one what) {
  if (waiting_.events.size() >= batch_max) {
    ++left_out_; // nobody reads ten thousand lines a second; counters have them all
    return;
  }
  waiting_.events.push_back(std::move(what));
  if (waiting_.events.size() == 1)
    delayed_send(this, batch_pause, flush_events{});
}

void telemetry_actor::flush() {
  auto batch = std::exchange(waiting_, {});
  if (const auto n = std::exchange(left_out_, 0))
    batch.events.push_back({"left_out", payload::json_text("{\"events\":" + std::to_string(n) + "}"), true});
  if (const auto to = parts_.registry.find<shard_handle>(shard_name(0)); to && !batch.events.empty())
    send(to, std::move(batch));
}

void telemetry_actor::observe() {
  const auto answers = std::make_shared<std::vector<shard_rates>>();
  const auto all = std::make_shared<fan_in>([this, answers](const auto&) { measure(*answers); });
  for (std::uint32_t i = 0; i < parts_.shards; ++i)
    all->ask<shard_rates>(*this, parts_.registry.find<shard_handle>(shard_name(i)), std::chrono::seconds{2},
                          describe_rates{}, [answers](const shard_rates& r) { answers->push_back(r); });
  all->begin();
}

void telemetry_actor::measure(const std::vector<shard_rates>& all) {
  const bool read = std::any_of(all.begin(), all.end(), [](const auto& r) { return r.observed; });
  quiet_seconds_ = read ? 0 : quiet_seconds_ + 1;
  if (quiet_seconds_ > quiet_seconds_max) {
    set_observed(false);
    waiting_.events.clear();
    left_out_ = 0;
    return;
  }
  delayed_send(this, observe_period, observe_tick{});

  const auto since = std::max(std::chrono::duration<double>(now() - measured_).count(), 0.001);
  measured_ = now();
  const auto totals = parts_.totals();
  const auto before = std::exchange(before_, totals);
  const auto rate = [since](std::uint64_t from, std::uint64_t to) { return static_cast<double>(to - from) / since; };
  const nlohmann::json data{{"publications_per_s", rate(before.published, totals.published)},
                            {"deliveries_per_s", rate(before.delivered, totals.delivered)},
                            {"sessions", totals.sessions},
                            {"channels", totals.channels}};
  publish({"rates", payload::json_text(data.dump()), false});
}

} // namespace troupe::actors
