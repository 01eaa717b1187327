/// What a channel promises, held against random runs: members that come and go, publish, crash the object, shards that
/// acknowledge late, stores that answer late. The seed is printed when one fails.

#include "channel_fixture.hpp"
#include "tests/seed.hpp"

#include <algorithm>
#include <random>
#include <set>

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

/// One session, fed by what its shard is told.
struct listener {
  enum class state { out, joining, in, gone } now = state::out;
  bool leaving = false;     ///< asked to leave, and waits for the last word
  std::optional<offset_t> since;
  offset_t at = 0;          ///< everything up to here has been read, or was told to be missing
  bool reads_pages = false; ///< a replay is not at its end: the log waits
  int joins = 0;
};

class run {
 public:
  run(std::uint32_t seed, bool late, std::size_t link_batches, std::size_t history)
      : dice_(seed), room_(settings(late, link_batches, history)) {
    room_.does.on_error = [this] { return roll(3) == 0 ? after_error::restart : after_error::keep; };
    room_.does.calls["fail"] = [](probe&, const member&, const payload&) -> call_result { throw std::runtime_error("x"); };
    room_.does.calls["say"] = [](probe& p, const member& who, const payload& data) -> call_result {
      p.broadcast("e", data, except(who));
      return reply(data);
    };
    room_.does.calls["kick"] = [](probe& p, const member& who, const payload&) {
      p.kick(who.id);
      return done();
    };
    room_.does.calls["wait"] = [this](probe& p, const member&, const payload&) {
      owed_.push_back(p.promise_answer());
      return later(owed_.back());
    };
    room_.does.join = [this](probe& p, const member& who, const payload&) -> join_result {
      if (roll(4) == 0)
        p.broadcast("e", json("0"));
      switch (roll(6)) {
      case 0:
        return refuse("no");
      case 1:
        owed_.push_back(p.promise_answer());
        return later(owed_.back());
      default:
        p.push(who, "welcome", json("1"));
        return accept();
      }
    };
    room_.start();
  }

  void steps(int count) {
    for (int i = 0; i < count && !room_.runtime->over(); ++i) {
      step();
      listen();
    }
    finish();
  }

 private:
  static constexpr std::uint32_t clients = 6;
  static constexpr std::uint32_t shards = 3;

  static fixture_settings settings(bool late, std::size_t link_batches, std::size_t history) {
    fixture_settings how;
    how.late = late;
    how.rights.publish = config::permission::members;
    how.rights.history_size = history;
    how.settings.limits.link_batches = link_batches;
    how.settings.limits.page_bytes = 4096;
    how.settings.channels.restart_intensity = 1'000'000;
    return how;
  }

  std::uint32_t roll(std::uint32_t sides) { return std::uniform_int_distribution<std::uint32_t>{0, sides - 1}(dice_); }
  static std::uint32_t shard_of(std::uint64_t who) { return static_cast<std::uint32_t>(who % shards); }

  void send(std::uint64_t who, decltype(channel_command::body) body) {
    ++sent_[who];
    room_.send({channel_fixture::command(who, std::move(body))}, shard_of(who));
  }

  /// The session that a client has now.
  std::uint64_t session_of(std::uint32_t client) {
    auto& id = sessions_[client];
    if (id == 0)
      id = ++last_session_;
    return id;
  }

  void step() {
    const auto client = roll(clients);
    const auto who = session_of(client);
    auto& l = listeners_[who];
    switch (roll(12)) {
    case 0:
    case 1:
      if (l.now == listener::state::out && !l.leaving)
        join(who);
      break;
    case 2:
      if (roll(2) == 0)
        go(client);
      break;
    case 3:
    case 4:
    case 5: {
      auto p = channel_fixture::publication(std::to_string(++said_));
      p.echo = roll(3) != 0;
      p.key = roll(4) == 0 ? "k" + std::to_string(roll(5)) : "";
      send(who, p);
      break;
    }
    case 6: {
      static const std::array<const char*, 4> calls{"fail", "say", "wait", "kick"};
      const auto which = roll(16) == 0 ? 3 : roll(3);
      send(who, protocol::call{"room:1", calls[which], json(std::to_string(++said_)), std::nullopt});
      break;
    }
    case 7:
      room_.at(roll(shards)).acknowledges = roll(2) == 0;
      break;
    case 8:
      if (room_.keep->waiting() > 0)
        room_.keep->answer(1 + roll(4));
      break;
    case 9:
      if (!owed_.empty()) {
        const auto which = owed_.begin() + roll(static_cast<std::uint32_t>(owed_.size()));
        roll(2) == 0 ? which->reply(json("5")) : which->refuse(error_code::refused, "no");
        owed_.erase(which);
        room_.settle();
      }
      break;
    case 10:
      if (roll(10) == 0)
        room_.runtime->fail_object("random");
      break;
    default:
      room_.pass(milliseconds{10});
      room_.object().broadcast("e", json(std::to_string(++said_)));
      room_.settle();
    }
  }

  void join(std::uint64_t who) {
    auto& l = listeners_[who];
    actors::join how;
    how.who.id = session_id{who};
    if (l.at > 0 && roll(3) != 0) {
      how.since = position{room_.runtime->describe().epoch, l.at};
      l.since = l.at;
    }
    l.now = listener::state::joining;
    send(who, how);
  }

  /// Leaves and waits for the last word, or is gone at once: then the client comes back as another session, perhaps on
  /// another shard, from where it stood.
  void go(std::uint32_t client) {
    const auto who = session_of(client);
    auto& l = listeners_[who];
    if (roll(2) == 0) {
      if (l.now == listener::state::out || std::exchange(l.leaving, true))
        return;
      return send(who, actors::leave{leave_reason::left});
    }
    if (l.now != listener::state::out)
      send(who, actors::leave{leave_reason::lost});
    l.now = listener::state::gone;
    sessions_[client] = ++last_session_;
    listeners_[last_session_].at = l.at;
  }

  // -- the shards' side -------------------------------------------------------

  void listen() {
    for (std::uint32_t s = 0; s < shards; ++s) {
      auto& end = room_.at(s);
      for (; end.read < end.effects.size(); ++end.read)
        visit_effect([&](const auto& what) { take(s, what); }, end.effects[end.read]);
      for (; seen_completed_[s] < end.completed.size(); ++seen_completed_[s])
        ++completed_[end.completed[seen_completed_[s]].value()];
    }
  }

  template <class F>
  void each_in(std::uint32_t shard, F what) {
    for (auto& [who, l] : listeners_)
      if (l.now == listener::state::in && shard_of(who) == shard)
        what(who, l);
  }

  void take(std::uint32_t shard, const published& e) {
    const auto& p = e.what;
    if (p->offset == 0)
      return;
    REQUIRE(last_at_[shard] < p->offset);
    last_at_[shard] = p->offset;
    all_[p->offset] = p;
    each_in(shard, [&](std::uint64_t who, listener& l) {
      if (!l.reads_pages)
        read(who, l, p);
    });
  }

  /// In order, each at most once, and what lies between was not for this reader.
  void read(std::uint64_t who, listener& l, const publication_ptr& p) {
    INFO("s" << who << " reads " << p->offset << " at " << l.at);
    REQUIRE(p->offset > l.at);
    for (auto o = l.at + 1; o < p->offset; ++o)
      holes_.emplace_back(who, o);
    l.at = p->offset;
  }

  void take(std::uint32_t shard, const skipped& e) {
    last_at_[shard] = std::max(last_at_[shard], e.at.offset);
    each_in(shard, [&](std::uint64_t, listener& l) {
      if (!l.reads_pages)
        l.at = std::max(l.at, e.at.offset); // told as a gap
    });
  }

  void take(std::uint32_t, const joined& e) {
    auto& l = listeners_[e.who.value()];
    ++l.joins;
    if (l.now == listener::state::gone)
      return;
    REQUIRE(l.now == listener::state::joining);
    l.now = listener::state::in;
    REQUIRE(e.what.recovered.has_value() == l.since.has_value());
    if (e.what.recovered.value_or(false))
      REQUIRE(e.what.at.offset == *l.since);
    l.since.reset();
    l.at = e.what.at.offset;
    page_came(e.who.value(), l, e.replay);
  }

  void page_came(std::uint64_t who, listener& l, const page& replay) {
    if (replay.missed)
      l.at = replay.missed->at.offset;
    for (const auto& p : replay.items) {
      all_[p->offset] = p;
      REQUIRE(p->is_for(session_id{who}));
      read(who, l, p);
    }
    l.reads_pages = !replay.last;
    if (l.reads_pages)
      send(who, read_on{l.at});
  }

  void take(std::uint32_t, const read_page& e) {
    auto& l = listeners_[e.who.value()];
    if (l.now == listener::state::in)
      page_came(e.who.value(), l, e.replay);
  }

  void take(std::uint32_t, const join_refused& e) {
    auto& l = listeners_[e.who.value()];
    if (l.now == listener::state::gone)
      return;
    REQUIRE(l.now == listener::state::joining);
    l.now = listener::state::out;
    l.since.reset();
  }

  void take(std::uint32_t, const left& e) {
    auto& l = listeners_[e.who.value()];
    l.leaving = l.leaving && e.what.reason != "left"; // kicked meanwhile: its own leave is still to be answered
    if (l.now == listener::state::gone)
      return;
    REQUIRE(l.now == listener::state::in);
    l.now = listener::state::out;
  }

  void take(std::uint32_t, const said& e) {
    auto& l = listeners_[e.to.value()];
    if (std::holds_alternative<protocol::unsubscribed>(e.what))
      l.leaving = false;
    if (std::holds_alternative<protocol::push>(e.what)) // never before `subscribed`
      REQUIRE((l.now == listener::state::in || l.now == listener::state::gone));
  }
  template <class Other>
  void take(std::uint32_t, const Other&) {}

  // -- at the end -------------------------------------------------------------

  void finish() {
    owed_.clear();
    room_.keep->answer_all();
    for (int i = 0; i < 20; ++i) {
      for (std::uint32_t s = 0; s < shards; ++s) {
        room_.at(s).acknowledges = true;
        room_.send({}, s);
      }
      room_.keep->answer_all();
      listen();
    }
    room_.runtime->stop(leave_reason::drained, "over");
    room_.keep->answer_all();
    listen();
    REQUIRE(room_.runtime->over());
    for (const auto& [who, offset] : holes_) // no silent loss: a hole is what was not for that reader
      if (const auto found = all_.find(offset); found != all_.end())
        REQUIRE_FALSE(found->second->is_for(session_id{who}));
    for (const auto& [who, count] : sent_) {
      INFO("s" << who);
      REQUIRE(completed_[who] == count);
    }
    check_leaves();
  }

  /// Every accepted join is followed by exactly one leave.
  void check_leaves() {
    int leaves = 0, joined_by_events = 0;
    for (const auto& line : room_.does.heard)
      leaves += line.starts_with("leave ") ? 1 : 0;
    for (const auto& [who, l] : listeners_)
      joined_by_events += l.joins;
    REQUIRE(room_.announced().find("unheard") == std::string::npos);
    REQUIRE(leaves == joined_by_events);
  }

  std::mt19937 dice_;
  channel_fixture room_;
  std::vector<promise> owed_;
  std::map<std::uint32_t, std::uint64_t> sessions_; // of clients
  std::uint64_t last_session_ = 0;
  std::map<std::uint64_t, listener> listeners_;
  std::map<std::uint64_t, std::size_t> sent_, completed_;
  std::map<std::uint32_t, std::size_t> seen_completed_;
  std::map<std::uint32_t, offset_t> last_at_;
  std::map<offset_t, publication_ptr> all_;
  std::vector<std::pair<std::uint64_t, offset_t>> holes_;
  int said_ = 0;
};

} // namespace

TEST_CASE("order, once, no silent loss, one leave and one completion hold in random runs", "[channel][random]") {
  const auto seed = troupe::test::seed() + GENERATE(range(0u, 60u));
  const bool late = GENERATE(false, true);
  const std::size_t link_batches = GENERATE(2, 256);
  const std::size_t history = GENERATE(5, 1000);
  INFO("TROUPE_SEED=" << troupe::test::seed() << " run " << seed - troupe::test::seed() << " late " << late << " batches "
                      << link_batches << " history " << history);
  run one{seed, late, link_batches, history};
  one.steps(400);
}
