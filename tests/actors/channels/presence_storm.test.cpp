// Whatever happens to a channel's members, their links and the channel itself: who reads presence knows who is there.
#include "channel_fixture.hpp"
#include "tests/seed.hpp"

#include <algorithm>
#include <random>
#include <set>

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

using protocol::presence_change;

/// What the client of one member knows of who is there.
struct reader {
  void take(const presence_change& what) {
    using kind = presence_change::kind;
    REQUIRE((knows || what.is != kind::changes)); // who were too many to name are named first
    knows = what.is != kind::number;
    count = what.count;
    if (what.is == kind::number)
      return;
    if (what.is == kind::everybody) {
      there.clear();
      users.clear();
      for (const auto& m : what.joined)
        users.insert(m.user);
    }
    for (const auto& m : what.left)
      there.erase(m.session.value());
    for (const auto& m : what.joined)
      there[m.session.value()] = m.away;
    for (const auto& t : what.turned)
      there.at(t.who.value()) = t.away;
    for (const auto& u : what.users)
      u.here ? (void)users.insert(u.user) : (void)users.erase(u.user);
    users.erase("");
    REQUIRE(there.size() == count);
  }

  std::map<std::uint64_t, bool> there; // away?
  std::set<std::string> users;
  std::uint64_t count = 0;
  bool knows = false; // who, not just how many
  bool in = false;    // its join was answered, and the channel's actor lives since
  bool was_in = false;
};

/// Twelve sessions of four users and nobody, over two links, and all that may happen to them.
class storm {
 public:
  storm(std::uint32_t seed, fixture_settings how) : random_(seed), h_(std::move(how)) {
    h_.does.join = [this](probe& p, const member&, const payload&) {
      if (chance(4) == 0)
        (void)p.members(); // as if it told them
      return accept();
    };
    h_.start();
  }

  void step() {
    const auto who = 1 + chance(12);
    switch (chance(12)) {
    case 0: case 1: case 2: case 3:
      if (members_.contains(who))
        leave(who);
      else if (!waits(who)) // its leave is answered
        join(who, false);
      return;
    case 4: case 5:
      return turn(who);
    case 6:
      if (readers_.contains(who))
        h_.send({channel_fixture::command(who, tell_presence{}, {})}, shard_of(who));
      return;
    case 7:
      h_.at(chance(2)).acknowledges ^= true;
      return;
    case 8:
      if (chance(8) == 0)
        h_.runtime->fail_object("told to");
      return;
    case 9:
      if (chance(10) == 0)
        lose_the_actor();
      return;
    default:
      return h_.pass(milliseconds{10 * chance(8)});
    }
  }

  /// All is told.
  void check() {
    for (const auto shard : {0u, 1u})
      h_.at(shard).acknowledges = true;
    for (int round = 0; round < 4; ++round) {
      h_.pass(milliseconds{100});
      for (const auto shard : {0u, 1u})
        if (h_.at(shard).slot != 0)
          h_.send({}, shard);
    }
    hear();
    std::set<std::string> users;
    for (const auto& [who, away] : members_)
      if (!user_of(who).empty())
        users.insert(user_of(who));
    for (const auto& [who, r] : readers_) {
      INFO("s" << who);
      REQUIRE(r.count == members_.size());
      if (r.knows) {
        ++checked;
        REQUIRE(r.there == members_);
        REQUIRE(r.users == users);
      } else {
        ++crowded;
        REQUIRE(members_.size() > h_.settings.limits.presence_members / 2);
      }
      REQUIRE((r.knows || members_.size() > h_.settings.limits.presence_members / 2));
    }
  }

  static inline int checked = 0, crowded = 0;

 private:
  std::uint32_t chance(std::uint32_t n) { return random_() % n; }
  static std::uint32_t shard_of(std::uint64_t who) { return who % 2; }
  static std::string user_of(std::uint64_t who) { return who > 8 ? "" : "u" + std::to_string(who % 4); }

  void join(std::uint64_t who, bool again) {
    hear(); // what was said to it when it was in before is not for its new reader
    actors::join how;
    how.who.user = user_of(who);
    const bool repeated = members_.contains(who);
    how.who.away = repeated ? members_.at(who) : chance(4) == 0;
    how.again = again;
    how.presence = repeated ? readers_.contains(who) : chance(2) == 0;
    if (how.presence && !repeated)
      readers_[who] = {};
    members_[who] = how.who.away;
    h_.join(who, how, shard_of(who));
    hear();
  }
  [[nodiscard]] bool waits(std::uint64_t who) {
    const auto& commands = h_.at(shard_of(who)).under_way;
    return std::any_of(commands.begin(), commands.end(), [&](const auto& c) { return c.second == session_id{who}; });
  }
  void leave(std::uint64_t who) {
    hear();
    members_.erase(who);
    readers_.erase(who);
    h_.leave(who, leave_reason::lost, shard_of(who));
  }
  void turn(std::uint64_t who) {
    if (!members_.contains(who))
      return;
    members_[who] = !members_[who];
    h_.send({channel_fixture::command(who, whereabouts{!members_[who]}, {})}, shard_of(who));
  }
  void lose_the_actor() {
    hear();
    for (const auto shard : {0u, 1u})
      h_.at(shard).acknowledges = true;
    for (auto& [who, r] : readers_)
      r.was_in = std::exchange(r.in, false);
    h_.start();
    for (const auto& [who, away] : std::map{members_})
      join(who, !readers_.contains(who) || readers_[who].was_in); // else as it was: nobody has answered it
  }

  /// What came over the links since the last time.
  void hear() {
    for (const auto shard : {0u, 1u}) {
      auto& end = h_.at(shard);
      for (; end.read < end.effects.size(); ++end.read) {
        const auto& e = end.effects[end.read];
        if (const auto* in = effect_as<joined>(e); in && in->there && readers_.contains(in->who.value()))
          readers_[in->who.value()].take(*in->there), readers_[in->who.value()].in = true;
        else if (in && in->again && readers_.contains(in->who.value()))
          readers_[in->who.value()].in = true;
        else if (const auto* to = effect_as<actors::said>(e))
          hear(*to);
        else if (const auto* change = effect_as<presence_changed>(e))
          for (auto& [who, r] : readers_)
            if (shard_of(who) == shard && r.in)
              r.take(change->what);
      }
    }
  }
  void hear(const actors::said& what) {
    const auto* there = std::get_if<presence_change>(&what.what);
    const auto found = readers_.find(what.to.value());
    if (there && found != readers_.end())
      found->second.take(*there);
  }

  std::mt19937 random_;
  channel_fixture h_;
  std::map<std::uint64_t, bool> members_; // away?
  std::map<std::uint64_t, reader> readers_;
};

} // namespace

TEST_CASE("after any storm of joins, leaves, turns, lists and restarts who reads presence knows who is there", "[channel]") {
  const auto seed = test::seed();
  INFO("TROUPE_SEED=" << seed);
  storm::checked = storm::crowded = 0;
  for (std::uint32_t round = 0; round < 150; ++round) {
    fixture_settings how;
    how.settings.channels.presence_interval = milliseconds{round % 3 * 50};
    how.settings.limits.presence_members = round % 2 == 0 ? 1000 : 8;
    how.settings.limits.link_batches = 2;
    how.settings.channels.restart_intensity = 1000;
    storm s{seed + round, how};
    for (int part = 0; part < 6; ++part) {
      for (int step = 0; step < 40; ++step)
        s.step();
      s.check();
    }
  }
  CHECK(storm::checked > 500);
  CHECK(storm::crowded > 50);
}
