// channel_of: what a channel keeps about each member, and that it keeps nothing about anybody else.

#include <troupe/channel_of.hpp>
#include <troupe/testing.hpp>

#include <catch2/catch.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using troupe::error_code;
using troupe::leave_reason;
using troupe::member;
using troupe::payload;
using troupe::session_id;
using troupe::testing::channel_under_test;

namespace {

int alive = 0; ///< marks that exist

/// Counts itself, and cannot be copied.
struct mark {
  mark() { ++alive; }
  ~mark() { --alive; }
  mark(const mark&) = delete;
  mark& operator=(const mark&) = delete;
  int points = 0;
};

///   params "later"   is held at the door: call open, call shut
///   params "no", "throw", "kick", "save"
///   call point       counts, and replies how many there are;  call points id
class score final : public troupe::channel_of<mark> {
 public:
  using channel_of::each_state;
  using channel_of::find_state;
  std::vector<int> left_with; ///< points of those that left, as on_leave found them
  bool throws_on_leave = false;

 private:
  void setup() override {
    on<payload>("point", [this](const member& who, const payload&) { return troupe::reply(++state(who).points); });
    on<payload>("open", [this](const member&, const payload&) { return waiting_.back().reply("in"), troupe::done(); });
    on<payload>("shut", [this](const member&, const payload&) {
      waiting_.back().refuse(error_code::refused, "shut");
      return troupe::reply(state(held_).points); // it is at hand until this handler has returned
    });
    on<payload>("kick", [this](const member& who, const payload&) {
      kick(who.id);
      return troupe::reply(state(who).points);
    });
  }
  troupe::join_result on_join(const member& who, const payload& params) override {
    state(who).points = 10;
    const auto how = params.is_null() ? "" : params.as<std::string>();
    if (how == "no")
      return troupe::refuse("no");
    if (how == "throw")
      throw std::runtime_error("no chairs");
    if (how == "kick")
      kick(who.id);
    if (how == "save")
      return troupe::accept().after_save();
    if (how != "later")
      return troupe::accept();
    held_ = who.id;
    return later(waiting_.emplace_back(promise_answer()));
  }
  void on_leave(const member& who, leave_reason) override {
    left_with.push_back(state(who).points);
    if (throws_on_leave)
      throw std::runtime_error("slammed the door");
  }
  void on_last_leave(const member& who, leave_reason) override { left_with.push_back(-state(who).points); }
  std::optional<payload> snapshot() override { return payload{}; }

  std::vector<troupe::promise> waiting_;
  session_id held_;
};

using kit = channel_under_test<score>;

} // namespace

TEST_CASE("a member's state begins in its join, is there in its leave, and ends with it") {
  kit t{"score:a"};
  auto ada = t.join();
  auto bob = t.join({}, {.user = "bob"});
  CHECK(alive == 2);
  CHECK(ada.call("point").as<int>() == 11);
  CHECK(ada.call("point").as<int>() == 12);
  CHECK(bob.call("point").as<int>() == 11);
  ada.leave();
  bob.lose();
  CHECK(t.object().left_with == std::vector{12, 11, -11}); // a user's last leave sees it, too
  CHECK(alive == 0);
  CHECK(t.object().find_state(ada.id()) == nullptr);
}

TEST_CASE("who is not let in leaves no state behind, however it was turned away") {
  kit t{"score:a"};
  auto ada = t.join();
  for (const auto* how : {"no", "throw", "kick"})
    CHECK_FALSE(t.join(how).is_in());
  CHECK(alive == 1);
  CHECK(t.join(7).joined() == error_code::bad_message);
  CHECK(alive == 1);
  auto late = t.join("later");
  CHECK(alive == 2);
  SECTION("by its promise") { CHECK(ada.call("shut").as<int>() == 10); }
  SECTION("by its deadline") {
    t.pass(11s);
    CHECK(late.joined() == error_code::timeout);
  }
  SECTION("by going away") { late.lose(); }
  SECTION("by being kicked") { t.kick(late); }
  SECTION("by a crash") { t.crash(); }
  CHECK_FALSE(late.is_in());
  CHECK(alive == (t.restarts() == 0 ? 1 : 0));
}

TEST_CASE("one that is let in later has the state that its on_join began") {
  kit t{"score:a"};
  auto ada = t.join();
  auto late = t.join("later");
  CHECK(ada.call("open").ok());
  CHECK(late.call("point").as<int>() == 11);
  auto kept = t.join("save");
  CHECK(kept.call("point").as<int>() == 11);
  CHECK(alive == 3);
}

TEST_CASE("one that comes in again begins anew") {
  kit t{"score:a"};
  auto ada = t.join();
  ada.call("point");
  ada.leave();
  CHECK(ada.join().ok());
  CHECK(ada.call("point").as<int>() == 11);
}

TEST_CASE("one that was kicked has its state until it has left") {
  kit t{"score:a"};
  auto ada = t.join();
  ada.call("kick");
  CHECK(t.object().left_with == std::vector{10});
  CHECK(alive == 0);
}

TEST_CASE("a leave that throws ends the state all the same") {
  kit t{"score:a"};
  auto ada = t.join();
  t.object().throws_on_leave = true;
  ada.leave();
  CHECK(t.failures().size() == 1);
  CHECK(alive == 0);
}

TEST_CASE("who calls without being in has no state") {
  kit t{"score:a", "[[namespace]]\npattern = \"score:*\"\ncall = \"anyone\"\n"};
  CHECK(t.client().call("point") == error_code::internal);
  CHECK(t.failures() == std::vector<std::string>{"point: s1 is not in score:a"});
  CHECK(alive == 0);
}

TEST_CASE("a new object has no states, and makes those of its members as they are asked for") {
  kit t{"score:a"};
  auto ada = t.join();
  auto bob = t.join();
  ada.call("point");
  t.crash();
  CHECK(alive == 0);
  CHECK(ada.call("point").as<int>() == 1);
  CHECK(alive == 1);
  bob.leave(); // its on_leave finds one
  CHECK(t.object().left_with == std::vector{0});
  CHECK(alive == 1);
}

TEST_CASE("a thousand that come and go, and a stop, leave nothing") {
  {
    kit t{"score:a"};
    std::vector<troupe::testing::channel_client> all;
    for (int i = 0; i < 1000; ++i)
      all.push_back(t.join());
    CHECK(alive == 1000);
    for (std::size_t i = 0; i < 500; ++i)
      all[i].leave();
    CHECK(alive == 500);
    t.stop();
    CHECK(alive == 0);
    t.join();
    t.kill_actor();
    CHECK(alive == 1); // it came in again
  }
  CHECK(alive == 0);
}

TEST_CASE("states are visited by session, those of who was kicked meanwhile not") {
  kit t{"score:a"};
  auto ada = t.join();
  auto bob = t.join();
  auto eve = t.join();
  bob.call("point");
  std::vector<std::pair<session_id, int>> seen;
  t.object().each_state([&](const member& who, mark& m) { seen.emplace_back(who.id, m.points); });
  CHECK(seen == std::vector<std::pair<session_id, int>>{{ada.id(), 10}, {bob.id(), 11}, {eve.id(), 10}});
}

// -- in the snapshot ----------------------------------------------------------

namespace {

struct seat {
  std::string name;
  int points = 0;
  TROUPE_FIELDS(name, points)
};

struct kept {
  int round = 0;
  std::map<std::string, seat> seats;
  TROUPE_FIELDS(round, seats)
};

class quiz final : public troupe::channel_of<seat> {
 public:
  using channel_of::states;

 private:
  void setup() override {
    on<int>("guess", [this](const member& who, int points) {
      state(who).points += points;
      return troupe::reply(state(who)).after_save();
    });
    on<payload>("last", [this](const member&, const payload&) { // ends the round, and keeps but one
      ++round_;
      const auto all = members();
      each_state([&](const member& who, seat& s) {
        s.points = 0;
        if (who == all.front())
          for (std::size_t i = 1; i < all.size(); ++i)
            kick(all[i].id);
      });
      return troupe::done();
    });
  }
  troupe::join_result on_join(const member& who, const payload& params) override {
    state(who).name = params.as<std::string>();
    return troupe::accept();
  }
  std::optional<payload> snapshot() override { return payload::of(kept{round_, states()}); }
  void on_restore(const payload& last) override {
    auto before = last.as<kept>();
    round_ = before.round;
    restore_states(std::move(before.seats));
  }
  int round_ = 0;
};

} // namespace

TEST_CASE("states that are in the snapshot come back after a crash, of those who are still there") {
  channel_under_test<quiz> t{"quiz:a"};
  auto ada = t.join("Ada");
  auto bob = t.join("Bob");
  ada.call("guess", 3);
  CHECK(bob.call("guess", 4).as<seat>().points == 4);
  t.crash();
  CHECK(ada.call("guess", 1).as<seat>().points == 4);
  CHECK(t.snapshot()->json() == R"({"round":0,"seats":{"s1":{"name":"Ada","points":4},"s2":{"name":"Bob","points":4}}})");
  bob.leave();
  t.pass(1s);
  t.restart_from(kept{7, {{"s1", {"Ada", 5}}, {"s2", {"Bob", 5}}, {"nonsense", {}}}}); // all left with the stop
  CHECK(t.object().states().empty());
  CHECK(t.snapshot()->as<kept>().round == 7);
}

TEST_CASE("a visit may kick, and goes on with those who are still in") {
  channel_under_test<quiz> t{"quiz:a"};
  auto ada = t.join("Ada");
  auto bob = t.join("Bob");
  auto eve = t.join("Eve");
  CHECK(ada.call("last").ok());
  CHECK(t.members().size() == 1);
  CHECK(t.object().states().size() == 1);
}
