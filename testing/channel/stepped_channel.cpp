#include "testing/channel/stepped_channel.hpp"

#include "testing/channel/channel_lodging.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace troupe::actors::testing {

using std::chrono::milliseconds;

namespace {

constexpr int rounds_max = 100'000; // past it something goes in circles

class to_far_end final : public effect_outlet {
 public:
  explicit to_far_end(far_end& to) : to_(to) {}
  void send(effect_batch_ptr batch) override { to_.take(*batch); }

 private:
  far_end& to_;
};

} // namespace

stepped_channel::stepped_channel(setting how) : settings(std::move(how.settings)), rights(std::move(how.rules)) {
  const memory_limits most{settings.limits.node_history_bytes, settings.channels.epoch_ttl, settings.channels.snapshot_ttl};
  keep = std::make_unique<late_store>([this] { return system; }, most);
  keep->prompt = !how.late;
  parts = std::make_unique<channel_parts>(channel_parts{std::move(how.name), std::move(how.make), rights, settings, *keep,
                                                        events_, {[this] { return steady; }, [this] { return system; }}});
}

stepped_channel::~stepped_channel() { end(); }

void stepped_channel::start() {
  end();
  keep->open(parts->name, retention_of(parts->name_space, settings), {}, [](auto what) { what(); },
             [this](tl::expected<std::unique_ptr<partition>, failure> got) {
               if (!got)
                 throw std::logic_error(got.error().message);
               runtime = std::make_unique<channel_runtime>(*parts, std::move(*got), *this);
             });
  runtime->begin();
}

void stepped_channel::end() {
  runtime.reset();
  posted_.clear();
  lodging_.reset();
  for (auto& [number, far] : ends_)
    far.rename();
}

// -- links --------------------------------------------------------------------

void stepped_channel::send(std::vector<channel_command> commands, std::uint32_t shard) {
  auto& far = ends_[shard];
  far.number = shard;
  auto batch = far.batch_of(std::move(commands));
  sender_ = shard;
  runtime->handle(batch);
}

std::unique_ptr<effect_outlet> stepped_channel::outlet() { return std::make_unique<to_far_end>(ends_[sender_]); }

// -- time ---------------------------------------------------------------------

void stepped_channel::pass(milliseconds time) {
  for (const auto until = steady + time; steady < until;)
    advance(std::chrono::duration_cast<milliseconds>(next_moment(until) - steady));
}

std::chrono::steady_clock::time_point stepped_channel::next_moment(std::chrono::steady_clock::time_point end) const {
  auto next = lodging_ ? std::min(end, steady + step_max) : end;
  if (const auto due = runtime ? runtime->next_deadline() : std::nullopt)
    next = std::min(next, *due);
  const auto whole = std::chrono::ceil<milliseconds>(next - steady);
  return std::min(end, steady + std::max(whole, milliseconds{1}));
}

void stepped_channel::advance(milliseconds step) {
  steady += step;
  system += step;
  if (lodging_)
    lodging_->advance(step);
  settle();
  if (const auto due = runtime ? runtime->next_deadline() : std::nullopt; due && *due <= steady)
    runtime->tick();
  settle();
}

void stepped_channel::settle() {
  for (int round = 0; !posted_.empty() || (lodging_ && lodging_->run()); ++round) {
    if (round == rounds_max)
      throw std::logic_error(parts->name + " goes in circles: it always has more to do at once");
    for (auto& what : std::exchange(posted_, {}))
      what();
  }
}

// -- the actor ----------------------------------------------------------------

caf::event_based_actor& stepped_channel::actor() {
  if (!lodging_)
    lodging_ = std::make_unique<channel_lodging>();
  return lodging_->actor();
}

bool stepped_channel::actor_ended() const { return lodging_ && lodging_->ended(); }

} // namespace troupe::actors::testing
