// Random groups and broadcasts against a model that knows nothing but sets: who hears what, live and on every way back.

#include "channel_fixture.hpp"
#include "tests/seed.hpp"

#include <algorithm>
#include <iterator>
#include <random>
#include <set>

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

using numbers = std::set<std::uint64_t>;
constexpr std::uint64_t everybody_max = 8;
const std::vector<std::string> names{"a", "b", "c"};

numbers everybody() {
  numbers all;
  for (std::uint64_t who = 1; who <= everybody_max; ++who)
    all.insert(who);
  return all;
}

fixture_settings roomy() {
  fixture_settings how;
  how.rights.history = config::permission::anyone;
  how.rights.history_size = 100'000;
  how.rights.history_bytes = 64 * 1024 * 1024;
  how.settings.channels.restart_intensity = 1'000;
  return how;
}

class storm {
 public:
  explicit storm(std::uint32_t seed) : random_(seed) { room_.start(); }

  void step() {
    const auto who = 1 + pick(everybody_max);
    const auto& group = names[pick(names.size())];
    switch (pick(10)) {
    case 0:
      return come_or_go(who);
    case 1:
    case 2: {
      const bool put = room_.object().add_to_group(session_id{who}, group);
      REQUIRE(put == (in_.count(who) == 1));
      if (put)
        groups_[group].insert(who);
      return;
    }
    case 3:
      room_.object().remove_from_group(session_id{who}, group);
      groups_[group].erase(who);
      return;
    case 4:
      if (pick(10) == 0)
        room_.runtime->fail_object("told to");
      return;
    default:
      return say();
    }
  }

  /// All that was told, and all that is kept, is for whom the model says.
  void check() {
    room_.settle();
    std::size_t at = 0;
    for (const auto& e : room_.at(0).effects)
      if (const auto* p = effect_as<published>(e)) {
        REQUIRE(at < said_.size());
        const auto& expected = said_[at++];
        for (const auto who : everybody()) {
          INFO("publication " << at << " and s" << who);
          REQUIRE(p->what->is_for(session_id{who}) == (expected.whom.count(who) == 1));
        }
      }
    REQUIRE(at == said_.size());
    for (const auto who : everybody()) {
      INFO("history of s" << who);
      REQUIRE(history_of(who) == expected_for(who));
    }
    for (const auto& name : names) {
      numbers there;
      for (const auto id : room_.object().sessions_in(name))
        there.insert(id.value());
      REQUIRE(there == groups_[name]);
    }
  }

 private:
  struct saying {
    numbers whom;
    bool kept = true;
  };

  std::uint64_t pick(std::uint64_t below) { return std::uniform_int_distribution<std::uint64_t>{0, below - 1}(random_); }

  void come_or_go(std::uint64_t who) {
    if (in_.insert(who).second)
      return room_.join(who);
    in_.erase(who);
    for (auto& [name, all] : groups_)
      all.erase(who);
    room_.leave(who);
  }

  numbers some() {
    numbers chosen;
    for (auto left = pick(4); left > 0; --left)
      chosen.insert(1 + pick(everybody_max));
    return chosen;
  }

  static std::vector<session_id> ids(const numbers& all) {
    std::vector<session_id> list;
    for (const auto who : all)
      list.emplace_back(who);
    return list;
  }

  void say() {
    delivery to;
    saying what{everybody()};
    const auto keep_those = [&](const numbers& allowed) {
      std::erase_if(what.whom, [&](std::uint64_t who) { return allowed.count(who) == 0; });
    };
    if (pick(2) == 0) {
      const auto& name = names[pick(names.size())];
      to = to_group(name, std::move(to));
      keep_those(groups_[name]);
    }
    if (pick(3) == 0) {
      const auto chosen = some();
      to.only = ids(chosen);
      keep_those(chosen);
    }
    if (pick(3) == 0) {
      const auto chosen = some();
      to.except = ids(chosen);
      std::erase_if(what.whom, [&](std::uint64_t who) { return chosen.count(who) == 1; });
    }
    if (pick(4) == 0) {
      to = ephemeral(std::move(to));
      what.kept = false;
    }
    if (in_.empty()) // no shard listens to what is said to an empty room
      return;
    said_.push_back(what);
    room_.object().broadcast("e", json("1"), std::move(to));
    if (pick(2) == 0)
      room_.settle();
  }

  std::vector<int> expected_for(std::uint64_t who) const {
    std::vector<int> offsets;
    int at = 0;
    for (const auto& one : said_) {
      at += one.kept ? 1 : 0;
      if (one.kept && one.whom.count(who) == 1)
        offsets.push_back(at);
    }
    return offsets;
  }

  std::vector<int> history_of(std::uint64_t who) {
    protocol::history what;
    what.since = position{room_.runtime->describe().epoch, 0};
    what.limit = 100'000;
    std::vector<int> offsets;
    for (bool more = true; more;) {
      room_.send({channel_fixture::command(who, what)});
      room_.settle();
      const auto body = std::get<protocol::reply>(effect_as<actors::said>(room_.at(0).effects.back())->what).data.value();
      for (const auto& p : body["publications"])
        offsets.push_back(p["offset"]);
      more = body["more"];
      if (more)
        what.since->offset = static_cast<offset_t>(offsets.back());
    }
    return offsets;
  }

  channel_fixture room_{roomy()};
  std::mt19937 random_;
  numbers in_;
  std::map<std::string, numbers> groups_;
  std::vector<saying> said_;
};

} // namespace

TEST_CASE("whatever is done to groups, each hears and reads what was for it when it was said", "[channel]") {
  const auto seed = troupe::test::seed();
  for (std::uint32_t run = 0; run < 20; ++run) {
    INFO("seed " << seed << ", run " << run);
    storm s{seed + run};
    for (int i = 0; i < 200; ++i)
      s.step();
    s.check();
  }
}
