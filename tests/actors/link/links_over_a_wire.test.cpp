/// Both halves of a link against each other over a wire that loses, repeats, delays and reorders: a live channel on one
/// side, shards' ends on the other.

#include "tests/actors/channels/channel_fixture.hpp"
#include "tests/actors/link/far_reader.hpp"
#include "tests/actors/link/wire.hpp"
#include "tests/seed.hpp"

#include <algorithm>
#include <map>
#include <random>

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;
using namespace std::chrono_literals;

namespace {

/// A live channel, and readers on the other side of their wires.
class scene final : public channel_host {
 public:
  static constexpr std::uint32_t readers = 2;
  static constexpr std::uint32_t clients = 6;

  scene(std::uint32_t seed, weather how, std::size_t link_batches) : dice_(seed), how_(how) {
    settings_.limits.link_batches = link_batches;
    settings_.limits.page_bytes = 1024;
    settings_.limits.log_entries = 16; // of a page
    rights_.publish = config::permission::members;
    rights_.history_size = 100'000;
    rights_.history_bytes = 100'000'000;
    keep_ = std::make_unique<late_store>([this] { return system_; });
    keep_->prompt = true;
    parts_ = std::make_unique<channel_parts>(channel_parts{
        "room:1", [this](const std::string&) { return std::make_unique<probe>(plan_); }, rights_, settings_, *keep_, events_,
        {[this] { return steady_; }, [this] { return system_; }}});
    keep_->open(parts_->name, retention_of(rights_, settings_), {}, [](auto what) { what(); },
                [this](tl::expected<std::unique_ptr<partition>, failure> got) {
                  runtime_ = std::make_unique<channel_runtime>(*parts_, std::move(*got), *this);
                });
    runtime_->begin();
    for (std::uint32_t i = 0; i < readers; ++i)
      readers_.push_back(std::make_unique<far_reader>(i, settings_.limits));
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i) {
      ask();
      flush();
      while (dice_() % 3 != 0)
        deliver_one();
    }
  }

  /// The wire heals: everything that was said arrives, or is noticed to be missing.
  void heal() {
    how_ = {};
    for (int round = 0; round < 50; ++round) {
      for (auto& r : readers_)
        r->probe();
      settle();
    }
  }

  void check() {
    for (auto& r : readers_)
      r->check();
    // One more is heard by everybody who is in, at once: nobody is behind, no credit was lost.
    const auto before = runtime_->describe().head;
    for (int i = 1; i <= 3; ++i) {
      runtime_->broadcast("e", json("1"), {});
      settle();
    }
    for (auto& r : readers_)
      for (auto& [who, s] : r->sessions) {
        INFO("s" << who);
        REQUIRE((s.now == far_reader::state::out || s.now == far_reader::state::in));
        if (s.now == far_reader::state::in)
          REQUIRE(s.at == before + 3);
      }
    std::size_t in = 0;
    for (auto& r : readers_)
      in += static_cast<std::size_t>(std::count_if(r->sessions.begin(), r->sessions.end(),
                                                   [](const auto& s) { return s.second.now == far_reader::state::in; }));
    REQUIRE(runtime_->member_count() == in);
    int joins = 0, leaves = 0;
    for (const auto& line : plan_.heard)
      ++(line.starts_with("join ") ? joins : leaves);
    REQUIRE(joins == leaves + static_cast<int>(in));
  }

  [[nodiscard]] std::size_t named_anew() const {
    std::size_t n = 0;
    for (const auto& r : readers_)
      n += r->named_anew;
    return n;
  }
  [[nodiscard]] offset_t head() const { return runtime_->describe().head; }

  // -- overridden functions of channel_host -----------------------------------

  std::unique_ptr<effect_outlet> outlet() override {
    struct to_wire final : effect_outlet {
      explicit to_wire(wire<effect_batch>& w) : to(w) {}
      void send(effect_batch_ptr batch) override { to.put(std::move(batch)); }
      wire<effect_batch>& to;
    };
    return std::make_unique<to_wire>(down_[sender_]);
  }
  void post(std::function<void()> later) override { posted_.push_back(std::move(later)); }
  caf::event_based_actor& actor() override { throw std::logic_error("no actor lives here"); }

 private:
  void ask() {
    const auto number = static_cast<std::uint32_t>(dice_() % readers);
    auto& r = *readers_[number];
    const std::uint64_t who = 1 + dice_() % clients * readers + number;
    switch (dice_() % 8) {
    case 0: case 1: case 2: return r.join(who);
    case 3: return dice_() % 2 ? r.leave(who) : void();
    case 4:
      if (dice_() % 20 == 0)
        r.probe();
      return;
    default: return r.publish(who);
    }
  }

  void flush() {
    for (std::uint32_t i = 0; i < readers; ++i)
      if (auto batch = readers_[i]->flush())
        up_[i].put(std::move(batch));
  }

  bool deliver_one() {
    for (std::uint32_t n = 0, i = static_cast<std::uint32_t>(dice_()); n < readers; ++n, ++i) {
      auto& up = up_[i % readers];
      auto& down = down_[i % readers];
      if (!up.empty() && (down.empty() || dice_() % 2 == 0)) {
        sender_ = i % readers;
        if (const auto batch = up.take(dice_, how_))
          runtime_->handle(*batch);
        run_posted();
        return true;
      }
      if (!down.empty()) {
        if (const auto batch = down.take(dice_, how_))
          readers_[i % readers]->take(*batch);
        return true;
      }
    }
    return false;
  }

  void run_posted() {
    while (!posted_.empty())
      for (auto& what : std::exchange(posted_, {}))
        what();
  }

  void settle() {
    run_posted();
    do
      flush();
    while (deliver_one());
  }

  struct silent final : announcer {
    void announce(node_event) override {}
  };

  std::mt19937 dice_;
  weather how_;
  config::settings settings_;
  config::name_space rights_;
  plan plan_;
  silent events_;
  std::chrono::steady_clock::time_point steady_{1h};
  std::chrono::system_clock::time_point system_{1h};
  std::unique_ptr<late_store> keep_;
  std::unique_ptr<channel_parts> parts_;
  std::unique_ptr<channel_runtime> runtime_;
  std::vector<std::unique_ptr<far_reader>> readers_;
  std::map<std::uint32_t, wire<command_batch>> up_;
  std::map<std::uint32_t, wire<effect_batch>> down_;
  std::uint32_t sender_ = 0;
  std::vector<std::function<void()>> posted_;
};

} // namespace

TEST_CASE("over a wire that loses, repeats and reorders, nothing comes twice, nothing is lost in silence", "[link][random]") {
  const auto round = GENERATE(range(0, 40));
  const std::size_t link_batches = GENERATE(2, 256);
  const auto how = GENERATE(weather{0, 20, 0}, weather{3, 0, 0}, weather{0, 0, 5}, weather{2, 10, 2});
  INFO("seed " << test::seed() << " round " << round << " batches " << link_batches << " lost " << how.lost << " repeated "
               << how.repeated << " reordered " << how.reordered);
  scene s{test::seed() + static_cast<std::uint32_t>(round), how, link_batches};
  s.run(300);
  s.heal();
  s.check();
  if (how.lost == 0 && how.reordered == 0)
    REQUIRE(s.named_anew() == 0); // what comes again costs nothing
}

TEST_CASE("over a bad wire links are named anew, and work goes on", "[link]") {
  scene s{test::seed(), {5, 5, 5}, 8};
  s.run(3000);
  s.heal();
  s.check();
  REQUIRE(s.named_anew() > 0);
  REQUIRE(s.head() > 0);
}
