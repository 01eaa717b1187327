#include "actors/channels/channel_timers.hpp"
#include "channel_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

std::chrono::steady_clock::time_point at(int ms) { return std::chrono::steady_clock::time_point{milliseconds{ms}}; }

} // namespace

TEST_CASE("timers come in the order of their deadlines; a late periodic one comes once", "[channel]") {
  channel_timers timers;
  std::string log;
  const auto run = [&](int now) {
    while (const auto due = timers.next_due(at(now)))
      (*due)();
    return std::exchange(log, {});
  };
  timers.add(at(30), std::nullopt, [&] { log += "c"; });
  timers.add(at(10), std::nullopt, [&] { log += "a"; });
  const auto every = timers.add(at(20), milliseconds{20}, [&] { log += "b"; });
  CHECK(run(9).empty());
  CHECK(run(35) == "abc");
  CHECK(timers.next_deadline() == at(40));
  CHECK(run(200) == "b");
  CHECK(timers.next_deadline() == at(201));
  timers.cancel(every);
  timers.cancel(every);
  CHECK(run(1000).empty());
  CHECK(timers.size() == 0);
}
