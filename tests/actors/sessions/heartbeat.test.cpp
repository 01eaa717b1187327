#include "actors/sessions/heartbeat.hpp"

#include "tests/actors/virtual_node/scene.hpp"

using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

struct listener final : heartbeat_user {
  void on_pulse_lost() override { lost = true; }
  bool wants_ping() const override { return ++beats, false; } // asked at each beat of one that was heard
  bool lost = false;
  mutable int beats = 0;
};

} // namespace

TEST_CASE("a ping that cannot leave is judged by what the peer takes") {
  const bool takes = GENERATE(false, true);
  virtual_node where;
  listener user;
  const bool& lost = user.lost;
  heartbeat pulse{where.shard_at(0), user};
  const auto line = std::make_shared<test_connection>(where);
  line->stop_reading();
  line->write_private(std::string(10 * test_connection::kernel_bytes, 'x'));
  line->flush();
  pulse.start(line);
  for (int i = 0; i < 12; ++i) {
    where.pass(10s);
    if (takes)
      line->takes(100);
  }
  CHECK(lost == !takes);
  CHECK(where.counters(0).heartbeats_lost == (takes ? 0 : 1));
}

TEST_CASE("a ping that stands behind what the peer still reads is not due yet") {
  const bool takes = GENERATE(false, true);
  virtual_node where;
  listener user;
  const bool& lost = user.lost;
  heartbeat pulse{where.shard_at(0), user};
  const auto line = std::make_shared<test_connection>(where);
  line->stop_reading();
  line->write_private(std::string(2000, 'x')); // the kernel has it all, the peer nothing
  line->flush();
  pulse.start(line);
  where.pass(25s);
  REQUIRE(line->pings() == 1);
  pulse.ping_sent();
  for (int i = 0; i < 9; ++i) {
    if (takes)
      line->takes(200);
    where.pass(10s);
  }
  CHECK(lost == !takes);
  if (!takes)
    return;
  where.pass(20s); // now it takes nothing any more
  CHECK(lost);
}

TEST_CASE("a ping out of turn that cannot leave is judged by the beat after next, not by one that comes right behind it") {
  virtual_node where;
  listener user;
  heartbeat pulse{where.shard_at(0), user};
  const auto line = std::make_shared<test_connection>(where);
  line->stop_reading();
  line->write_private(std::string(2000, 'x'));
  line->flush();
  pulse.start(line);
  where.pass(25s);
  REQUIRE(line->pings() == 1);
  pulse.ping_sent();
  line->takes(200);
  where.pass(10s);
  line->read_again();
  where.pass(10s); // it has come: all that was sent has
  pulse.heard();
  while (user.beats == 0)
    where.pass(1s);
  where.pass(18s);
  line->stop_reading();
  line->write_private(std::string(10 * test_connection::kernel_bytes, 'x'));
  line->flush();
  pulse.ping();
  where.pass(8s);
  CHECK_FALSE(user.lost);
  where.pass(25s);
  CHECK(user.lost);
}
