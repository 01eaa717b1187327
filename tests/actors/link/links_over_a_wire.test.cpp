/// Both halves of a link against each other over a wire that loses, repeats, delays and reorders: a live channel on one
/// side, shards' ends on the other.

#include "actors/channels/channel_runtime.hpp"
#include "actors/link/shard_end.hpp"
#include "tests/actors/channels/channel_fixture.hpp"
#include "tests/seed.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <set>

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;
using namespace std::chrono_literals;

namespace {

/// How bad it is, in percent of batches.
struct weather {
  unsigned lost = 0, repeated = 0, reordered = 0;
};

/// One direction: batches on their way. What is taken out of it may have been taken before.
template <class Batch>
class wire {
 public:
  void put(std::shared_ptr<Batch> what) { on_their_way_.push_back(std::move(what)); }
  [[nodiscard]] bool empty() const { return on_their_way_.empty(); }

  /// The next that arrives, a copy; null: it was lost.
  std::shared_ptr<Batch> take(std::mt19937& dice, const weather& w) {
    const auto chance = [&](unsigned percent) { return dice() % 100 < percent; };
    const auto which = chance(w.reordered) ? dice() % on_their_way_.size() : 0;
    auto what = on_their_way_[which];
    if (!chance(w.repeated))
      on_their_way_.erase(on_their_way_.begin() + static_cast<std::ptrdiff_t>(which));
    return chance(w.lost) ? nullptr : std::make_shared<Batch>(*what);
  }

 private:
  std::vector<std::shared_ptr<Batch>> on_their_way_;
};

/// A shard that only knows its end of the link, and who of its sessions is where.
class reader {
 public:
  enum class state { out, joining, in, held };
  struct session {
    state now = state::out;
    offset_t at = 0;          // everything up to here was read
    offset_t begun = 0;
    bool pages = false;       // a replay is not at its end: the log waits
    bool leaving = false;
  };
  struct outcome {
    int answers = 0, done = 0;
    bool wants_answer = true;
  };

  reader(std::uint32_t number, const config::limit_settings& limits) : number_(number), end_({7, 1, number, 1}, limits) {}

  // -- commands ---------------------------------------------------------------

  void send(std::uint64_t who, decltype(channel_command::body) body, bool must = false) {
    const auto token = ++last_token_;
    const bool silent = std::holds_alternative<read_on>(body);
    channel_command c;
    c.from = session_id{who};
    c.id = token;
    c.body = std::move(body);
    if (!end_.send(std::move(c), must))
      return;
    outcomes_[token].wants_answer = !silent;
  }
  void join(std::uint64_t who) {
    auto& s = sessions[who];
    if (s.now != state::out || s.leaving)
      return;
    s.now = state::joining;
    repeat_join(who, s);
  }
  void leave(std::uint64_t who) {
    auto& s = sessions[who];
    if (s.now == state::out || std::exchange(s.leaving, true))
      return;
    send(who, actors::leave{leave_reason::left}, true);
  }
  void publish(std::uint64_t who) {
    protocol::publish p;
    p.event.assign(1, 'e'); // GCC 12 warns of assigned texts here (its bug 105651)
    p.data = json("1");
    send(who, std::move(p));
  }

  command_batch_ptr flush() { return end_.take_batch(); }
  void probe() { end_.probe(); }
  [[nodiscard]] const shard_end& end() const { return end_; }

  // -- effects ----------------------------------------------------------------

  void take(effect_batch& batch) {
    switch (end_.arrive(batch)) {
    case shard_end::arrival::known:
      return;
    case shard_end::arrival::hole:
      return begin_anew();
    case shard_end::arrival::fresh:
      break;
    }
    for (auto& e : batch.effects)
      visit_effect([this](auto& what) { take(what); }, e);
    for (const auto& c : end_.complete(batch.completed))
      ++outcomes_[token_of(c)].done;
  }

  void check() const {
    for (const auto& [token, o] : outcomes_) {
      INFO("shard " << number_ << " command " << token);
      REQUIRE(o.done == 1);
      REQUIRE(o.answers == (o.wants_answer ? 1 : 0));
    }
    REQUIRE(end_.under_way() == 0);
    REQUIRE(end_.bytes_under_way() == 0);
  }

  std::map<std::uint64_t, session> sessions;
  std::size_t named_anew = 0;

 private:
  static std::int64_t token_of(const command_under_way& c) { return std::get<std::int64_t>(c.id); }

  void repeat_join(std::uint64_t who, const session& s) {
    actors::join how;
    how.who.id = session_id{who};
    if (s.at > 0)
      how.since = position{epoch, s.at};
    how.again = s.now == state::held;
    send(who, std::move(how), true);
  }

  void begin_anew() {
    ++named_anew;
    for (const auto& c : end_.renew({7, 1, number_, end_.id().slot + 1}, true)) {
      auto& o = outcomes_[token_of(c)];
      o.answers += o.wants_answer && !c.answered ? 1 : 0; // `unavailable`
      ++o.done;
    }
    for (auto& [who, s] : sessions) {
      if (std::exchange(s.leaving, false))
        s.now = state::out; // told so
      else if (s.now == state::in)
        s.now = state::held;
      if (s.now == state::held || s.now == state::joining)
        repeat_join(who, s);
    }
  }

  /// In order, each once, none left out.
  void read(session& s, std::uint64_t who, const publication& p) {
    INFO("shard " << number_ << " s" << who << " at " << s.at);
    REQUIRE(p.offset == s.at + 1);
    s.at = p.offset;
  }

  void take(published& e) {
    for (auto& [who, s] : sessions)
      if (s.now == state::in && !s.pages)
        read(s, who, *e.what);
  }
  void take(skipped& e) { // where the stream is; nobody may be behind it
    for (auto& [who, s] : sessions)
      if (s.now == state::in && !s.pages)
        REQUIRE(s.at >= e.at.offset);
  }
  void take(said& e) {
    if (e.answers == 0)
      return;
    REQUIRE(end_.answer(e.answers));
    const auto& m = e.what;
    const auto* yes = std::get_if<protocol::reply>(&m);
    const auto* no = std::get_if<protocol::error>(&m);
    const auto* bye = std::get_if<protocol::unsubscribed>(&m);
    const auto& id = yes ? yes->id : no ? no->id : bye->id;
    ++outcomes_[std::get<std::int64_t>(id)].answers;
    if (bye) // was out before it asked
      sessions[e.to.value()].leaving = false;
    if (no && no->why.code == error_code::already_subscribed)
      FAIL("a join came twice");
  }
  void take(joined& e) {
    auto& s = sessions[e.who.value()];
    ++outcomes_[std::get<std::int64_t>(e.what.id)].answers;
    REQUIRE((s.now == state::joining || s.now == state::held));
    if (s.at > 0) { // history reaches back to it
      REQUIRE(e.what.recovered == true);
      REQUIRE(e.what.at.offset == s.at);
    }
    s.now = state::in;
    epoch = e.what.at.epoch;
    s.at = e.what.at.offset;
    page_came(e.who.value(), s, e.replay);
  }
  void take(read_page& e) {
    auto& s = sessions[e.who.value()];
    if (s.now == state::in)
      page_came(e.who.value(), s, e.replay);
  }
  void page_came(std::uint64_t who, session& s, const page& replay) {
    REQUIRE_FALSE(replay.missed);
    for (const auto& p : replay.items)
      read(s, who, *p);
    s.pages = !replay.last;
    if (s.pages)
      send(who, read_on{s.at}, true);
  }
  void take(join_refused& e) {
    ++outcomes_[std::get<std::int64_t>(e.what.id)].answers;
    sessions[e.who.value()].now = state::out;
  }
  void take(left& e) {
    auto& s = sessions[e.who.value()];
    if (const auto* token = std::get_if<std::int64_t>(&e.what.id))
      ++outcomes_[*token].answers;
    s = {};
  }
  void take(presence_changed&) {}
  void take(epoch_changed&) { FAIL("the store lost nothing"); }

  const std::uint32_t number_;
  shard_end end_;
  std::string epoch;
  std::int64_t last_token_ = 0;
  std::map<std::int64_t, outcome> outcomes_;
};

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
      readers_.push_back(std::make_unique<reader>(i, settings_.limits));
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
        REQUIRE((s.now == reader::state::out || s.now == reader::state::in));
        if (s.now == reader::state::in)
          REQUIRE(s.at == before + 3);
      }
    std::size_t in = 0;
    for (auto& r : readers_)
      in += static_cast<std::size_t>(std::count_if(r->sessions.begin(), r->sessions.end(),
                                                   [](const auto& s) { return s.second.now == reader::state::in; }));
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
        while (!posted_.empty())
          for (auto& what : std::exchange(posted_, {}))
            what();
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

  void settle() {
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
  std::vector<std::unique_ptr<reader>> readers_;
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
