// Coroutines of a channel under test: every way in which they end, and what they leave behind.

#include "tests/testing/office.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using namespace troupe::testing::test;
using troupe::error_code;
using troupe::payload;
using kit = office_kit;

// -- how it ends --------------------------------------------------------------

TEST_CASE_METHOD(clean, "a crash ends the coroutines that wait, the newest and the innermost first") {
  kit t{"office:1"};
  auto ada = t.join();
  const auto first = ada.call("after", order{"first", 100});
  const auto second = ada.call("nested", 0);
  t.crash();
  CHECK(ended == texts{"inner", "second", "outer", "after first"});
  CHECK(first == error_code::internal);
  CHECK(second == error_code::internal);
  t.pass(2h);
  CHECK(t.broadcasts("done").empty());
  CHECK(ada.call("request", 4).as<int>() == 8); // the next object has its own
}

TEST_CASE_METHOD(clean, "a stop ends the coroutines that wait, before the object, and none goes on") {
  kit t{"office:1", on_disk};
  auto ada = t.join();
  ada.call("nested", 0);
  const auto asked = ada.call("ask", 1);
  t.store().hold();
  const auto reads = ada.call("history", 1);
  t.stop();
  CHECK(ended == texts{"inner", "second", "outer"});
  t.store().let_go();
  t.pass(2h);
  CHECK(asked == error_code::unavailable);
  CHECK(reads == error_code::unavailable);
  CHECK_FALSE(t.lives());
}

TEST_CASE_METHOD(clean, "a kit that goes while coroutines wait ends them") {
  {
    kit t{"office:1"};
    t.join().call("nested", 0);
  }
  CHECK(ended == texts{"inner", "second", "outer"});
}

TEST_CASE_METHOD(clean, "an actor that dies ends its coroutines") {
  kit t{"office:1"};
  auto ada = t.join();
  const auto told = ada.call("nested", 0);
  t.kill_actor();
  CHECK(ended == texts{"inner", "second", "outer"});
  CHECK(told == error_code::unavailable);
}

TEST_CASE_METHOD(clean, "a caller is told at its deadline, and the coroutine goes on") {
  kit t{"office:1"};
  auto ada = t.join();
  const auto told = ada.call("after", order{"late", 500}, {.timeout = 100ms});
  t.pass(100ms);
  CHECK(told == error_code::timeout);
  t.pass(400ms);
  CHECK(t.broadcasts("done").size() == 1);
  CHECK(told == error_code::timeout);
}

TEST_CASE_METHOD(clean, "a caller that leaves stops no coroutine") {
  kit t{"office:1"};
  auto bob = t.join();
  auto ada = t.join();
  ada.call("after", order{"late", 500});
  ada.leave();
  t.pass(500ms);
  CHECK(bob.broadcasts("done").size() == 1);
  CHECK(ended == texts{"after late"});
  CHECK(t.failures().empty());
}

TEST_CASE_METHOD(clean, "past the limit of coroutines a call is told busy, and runs nothing") {
  kit t{"office:1", "[limits]\ntasks_per_channel = 2\n"};
  auto ada = t.join();
  const auto first = ada.call("after", order{"a", 100});
  const auto second = ada.call("after", order{"b", 100});
  CHECK(ada.call("after", order{"c", 100}) == error_code::busy);
  CHECK(t.broadcasts<std::string>("begun") == texts{"a", "b"});
  CHECK(t.limits_passed() == texts{"limits.tasks_per_channel"});
  CHECK(ada.call("beside", 1) == error_code::internal); // `start` throws
  t.pass(100ms);
  CHECK(first.ok());
  CHECK(second.ok());
  CHECK(ada.call("many", 1).ok());
}

TEST_CASE_METHOD(clean, "a coroutine that is waited for is of who waits for it, whatever becomes of where it was kept") {
  kit t{"office:1"};
  auto ada = t.join();
  CHECK(ada.call("put away", 100).ok());
  CHECK(ada.call("clear", 0).ok());
  CHECK(ended.empty());
  t.pass(100ms);
  CHECK(ended == texts{"pause"});
  CHECK(t.broadcasts("taken out").size() == 1);
}

TEST_CASE_METHOD(clean, "a client that leaves, or does not wait, has no more coroutines under way than one that does") {
  kit t{"office:1", "[limits]\ncalls_per_session = 2\n"};
  auto bob = t.join();
  auto ada = t.join();
  ada.call("after", order{"a", 100}, {.timeout = 1ms});
  ada.call("after", order{"b", 100}, {.timeout = 1ms});
  t.pass(1ms);
  CHECK(ada.call("after", order{"c", 100}) == error_code::busy);
  CHECK(ada.call("beside", 1).ok()); // which is the channel's own
  CHECK(t.limits_passed() == texts{"limits.calls_per_session"});
  CHECK(bob.call("after", order{"d", 99}).waiting());
  CHECK(t.broadcasts<std::string>("begun") == texts{"a", "b", "d"});
  t.pass(99ms);
  CHECK(ada.call("many", 1).ok());
}

TEST_CASE_METHOD(clean, "nor has one that comes to the door again and again") {
  kit t{"office:1", "[limits]\ntasks_per_channel = 2\ncalls_per_session = 1\n"};
  auto ada = t.client();
  ada.join("please");
  ada.leave();
  CHECK(ada.join("please") == error_code::busy);
  t.pass(1s); // what let it in is through
  const auto told = ada.join("please");
  CHECK(told.waiting());
  t.pass(1s);
  CHECK(told.ok());
}

// -- effects and state --------------------------------------------------------

TEST_CASE_METHOD(clean, "an outcome that comes late may wait for the state to be kept") {
  kit t{"office:1", on_disk};
  auto ada = t.join();
  const auto told = ada.call("saved", 7);
  t.store().hold();
  t.pass(1ms);
  CHECK(told.waiting());
  t.store().let_go();
  CHECK(told.as<int>() == 7);
  t.crash();
  CHECK(t.object().steps == 7);
}

TEST_CASE_METHOD(clean, "a state that cannot be kept refuses an outcome that waits for it") {
  kit t{"office:1", on_disk};
  auto ada = t.join();
  const auto told = ada.call("saved", 7);
  t.store().fail();
  t.pass(1ms);
  CHECK(told == error_code::internal);
}

TEST_CASE_METHOD(clean, "a coroutine that was started begins after the handler, and its exceptions are its own") {
  kit t{"office:1"};
  auto ada = t.join();
  CHECK(ada.call("beside", 13).ok());
  t.pass(13ms);
  CHECK(t.broadcasts<std::string>("beside") == texts{"what stands in the closure"});
  REQUIRE(t.failures().size() == 1);
  CHECK(t.failures()[0].find("unlucky") != std::string::npos);
  CHECK(ended == texts{"beside"});
}

TEST_CASE_METHOD(clean, "a coroutine that holds a guard keeps its channel from being stopped for being idle") {
  kit t{"office:1", "[channels]\nidle = \"1s\"\n"};
  auto ada = t.join();
  ada.call("beside", 5'000);
  ada.leave();
  t.pass(4s);
  CHECK(t.lives());
  t.pass(10s);
  CHECK_FALSE(t.lives());
  CHECK(t.broadcasts("beside").size() == 1);
}
