#include "actors/sessions/heartbeat.hpp"

#include "tests/actors/virtual_node/scene.hpp"

using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

struct listener final : heartbeat_user {
  void on_pulse_lost() override { lost = true; }
  bool lost = false;
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
