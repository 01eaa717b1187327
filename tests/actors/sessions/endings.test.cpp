// Sessions and connections that end while something fails, or while their client is back already.

#include "shard_fixture.hpp"

#include <stdexcept>

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;
using protocol::close_code;

namespace {

/// What a test wants to happen in a delivery, and what has.
struct odd {
  bool throws_at_end = false, throws_handing_over = false;
  std::chrono::milliseconds taken_nothing_for{0};
  int alive = 0, asked_for_queue = 0;
  std::vector<close_code> ended;
};

class odd_delivery final : public delivery {
 public:
  explicit odd_delivery(odd& what) : what_(what) { ++what_.alive; }
  ~odd_delivery() override { --what_.alive; }

  void deliver() override {}
  void say(const protocol::server_message&) override {}
  void end(close_code code, std::string_view) override {
    what_.ended.push_back(code);
    if (what_.throws_at_end)
      throw std::runtime_error("cannot end");
  }
  void serve(session&) override {}
  bool hand_over(std::uint64_t) override {
    return what_.throws_handing_over ? throw std::runtime_error("cannot hand over") : true;
  }
  [[nodiscard]] transport_kind transport() const override { return transport_kind::websocket; }
  [[nodiscard]] std::size_t queued() const override { return ++what_.asked_for_queue, 0; }
  [[nodiscard]] bool attached() const override { return true; }
  [[nodiscard]] bool blocked() const override { return true; }
  [[nodiscard]] std::chrono::milliseconds taken_nothing_for() override { return what_.taken_nothing_for; }

 private:
  odd& what_;
};

session& open_odd(shard_fixture& f, odd& what) {
  auto& made = f.inside().open_session(transport_kind::websocket, "");
  made.deliver_by(std::make_unique<odd_delivery>(what));
  return made;
}

void resume(session& by, const session& what) {
  by.handle({std::int64_t{1}, protocol::resume{what.token(), 0, {}}});
}

/// Until the shard has looked who is behind, within one turn.
void look_who_is_behind(shard_fixture& f) {
  for (int i = 0; i < 10; ++i)
    f.inside().tick();
}

} // namespace

TEST_CASE("a session whose connection fails to end is over all the same, and its channels hear so", "[shard]") {
  shard_fixture f;
  odd what;
  auto& s = open_odd(f, what);
  const auto id = s.id();
  f.subscribe(id.value());
  f.found();
  f.admit(id.value(), 0);
  f.commands();
  what.throws_at_end = true;
  CHECK_NOTHROW(s.close(leave_reason::left, close_code::normal, "bye"));
  CHECK(f.inside().find_session(id) == nullptr);
  f.flush();
  CHECK(f.commands() == "s1 leave left");
  CHECK(f.inside().counters().crashes == 1);
  CHECK(what.alive == 0);
}

TEST_CASE("a drain ends though a connection fails to", "[shard]") {
  shard_fixture f;
  odd bad, good;
  bad.throws_at_end = true;
  open_odd(f, bad);
  open_odd(f, good);
  bool drained = false;
  f.inside().drain("stop", [&] { drained = true; });
  CHECK_NOTHROW(f.pass(std::chrono::seconds{1}));
  CHECK(drained);
  CHECK(good.ended == std::vector{close_code::going_away});
}

TEST_CASE("one session that cannot be closed does not keep others from it", "[shard]") {
  shard_fixture f;
  odd bad, good;
  bad.throws_at_end = true;
  for (auto* what : {&bad, &good})
    f.inside().close_later(open_odd(f, *what), leave_reason::kicked, close_code::kicked, "");
  CHECK_NOTHROW(f.flush());
  CHECK(good.ended == std::vector{close_code::kicked});
}

TEST_CASE("the connection that speaks outlives a resume that fails, until the end of the turn", "[shard]") {
  shard_fixture f;
  odd before, after;
  auto& old = open_odd(f, before);
  const auto id = old.id();
  auto& fresh = open_odd(f, after);
  before.throws_handing_over = true;
  resume(fresh, old);
  CHECK(after.alive == 1); // it is its on_message that asked
  f.flush();
  f.flush();
  CHECK(after.alive == 0);
  CHECK(f.inside().find_session(id) == nullptr);
}

TEST_CASE("a verdict on a connection does not end the one that its client has come back over meanwhile", "[shard]") {
  for (const bool for_what_was_said : {false, true}) {
    INFO(for_what_was_said);
    config::settings settings;
    shard_fixture f{settings};
    odd before, after;
    auto& s = open_odd(f, before);
    const auto id = s.id();
    if (for_what_was_said)
      s.waits(2 * settings.limits.session_control_bytes, waiting::told);
    before.taken_nothing_for = for_what_was_said ? std::chrono::seconds{2} : settings.heartbeat.stalled;
    f.inside().watch_blocked(s);
    auto& fresh = open_odd(f, after);
    look_who_is_behind(f);
    resume(fresh, s);
    f.flush();
    CHECK(f.inside().find_session(id) == &s);
    CHECK(after.ended.empty());
    CHECK(before.ended == std::vector{close_code::replaced});
  }
}

TEST_CASE("who polled before its place was taken is not over, though it is between two polls again", "[shard]") {
  config::settings settings;
  settings.limits.sessions_detached = 1;
  shard_fixture f{settings};
  odd what;
  const auto open_poll = [&]() -> session& {
    auto& made = f.inside().open_session(transport_kind::poll, "");
    made.deliver_by(std::make_unique<odd_delivery>(what));
    return made;
  };
  auto& first = open_poll();
  auto& second = open_poll();
  const auto one = first.id(), other = second.id();
  first.away();
  second.away(); // takes its place
  const bool polled = GENERATE(false, true);
  if (polled) {
    first.back();
    first.away(); // was answered, and takes the other's
  }
  f.flush();
  CHECK((f.inside().find_session(one) != nullptr) == polled);
  CHECK((f.inside().find_session(other) != nullptr) == !polled);
  CHECK(f.inside().counters().sessions_detached == 1);
}

TEST_CASE("a drain at a pace looks at as many sessions as may leave, not at all of them each time", "[shard]") {
  config::settings settings;
  settings.drain.pace = 10;
  shard_fixture f{settings};
  odd what;
  for (int i = 0; i < 100; ++i)
    open_odd(f, what);
  f.inside().drain("stop", [] {});
  f.pass(std::chrono::milliseconds{500});
  CHECK(what.ended.size() == 5);
  CHECK(what.asked_for_queue <= 10);
}

TEST_CASE("a node that is started anew gives its clients other ids than before, however many it had") {
  constexpr std::uint64_t started = 1'780'000'000'000; // June 2026
  shard_state before{0, 2, started}, after{0, 2, started + 2000};
  CHECK(session_id(0, 0, after.last_id).counter() > session_id(0, 0, before.last_id + 5000).counter());
  const shard_state much_later{0, 2, started + 20ull * 365 * 24 * 3600 * 1000};
  CHECK(session_id(0, 0, much_later.last_id).value() < session_id(0, 1, 0).value());
}
