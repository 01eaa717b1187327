#include "channel_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

TEST_CASE("timers run in time, once or again and again, until cancelled or the object ends", "[channel]") {
  channel_fixture h;
  int once = 0, often = 0;
  h.does.setup = [&](probe& p) {
    p.after(milliseconds{50}, [&] { ++once; });
    p.every(milliseconds{20}, [&] {
      ++often;
      p.broadcast("tick", json(std::to_string(often)));
    });
  };
  h.start();
  h.join(1);
  h.said();
  h.pass(milliseconds{100});
  CHECK(once == 1);
  CHECK(often == 5);
  CHECK(h.said() == "+1 1; +2 2; +3 3; +4 4; +5 5");
  h.does.setup = nullptr;
  h.runtime->fail_object("test");
  h.pass(milliseconds{100});
  CHECK(often == 5);
}

TEST_CASE("a timer that starts another at once does not hold the channel", "[channel]") {
  channel_fixture h;
  int count = 0;
  std::function<void()> again;
  h.start();
  again = [&] {
    ++count;
    h.object().after(milliseconds{0}, again);
  };
  h.object().after(milliseconds{0}, again);
  h.runtime->tick();
  CHECK(count == 1);
  h.runtime->tick();
  CHECK(count == 2);
}

TEST_CASE("a timer may cancel itself and others, and throw", "[channel]") {
  channel_fixture h;
  h.start();
  int ran = 0;
  troupe::channel::timer_id other{}, self{};
  self = h.object().every(milliseconds{10}, [&] {
    ++ran;
    h.object().cancel(self);
    h.object().cancel(other);
    throw std::runtime_error("x");
  });
  other = h.object().after(milliseconds{20}, [&] { ran += 100; });
  h.pass(milliseconds{100});
  CHECK(ran == 1);
  CHECK(h.announced() == "failed timer: x");
}

TEST_CASE("a periodic timer that is late runs once, and goes on from there", "[channel]") {
  channel_fixture h;
  h.start();
  int ran = 0;
  h.object().every(milliseconds{10}, [&] { ++ran; });
  h.steady += milliseconds{95}; // nobody ticked: the channel was at work
  h.runtime->tick();
  CHECK(ran == 1);
  h.pass(milliseconds{20});
  CHECK(ran == 3);
}

TEST_CASE("no timer runs once the channel is being stopped", "[channel]") {
  fixture_settings how;
  how.late = true;
  channel_fixture h{how};
  int ran = 0;
  h.does.leave = [&](probe& p, const member&, leave_reason) {
    p.broadcast("e", json("1")); // the store takes its time
    p.after(milliseconds{10}, [&] { ++ran; });
  };
  h.start();
  h.join(1);
  h.object().after(milliseconds{10}, [&] { ++ran; });
  h.runtime->stop(leave_reason::drained, "idle");
  h.pass(milliseconds{50});
  CHECK(ran == 0);
  CHECK_FALSE(h.runtime->over());
  CHECK_FALSE(h.runtime->next_deadline());
  h.keep->answer_all();
  h.settle();
  CHECK(h.runtime->over());
}

TEST_CASE("timers have a limit", "[channel]") {
  fixture_settings how;
  how.settings.limits.timers_per_channel = 2;
  channel_fixture h{how};
  h.start();
  h.object().after(milliseconds{10}, [] {});
  h.object().every(milliseconds{10}, [] {});
  CHECK_THROWS_AS(h.object().after(milliseconds{10}, [] {}), std::length_error);
}
