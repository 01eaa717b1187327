// Coroutines of a channel under test: what each waits for, and what they throw.

#include "tests/testing/office.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using namespace troupe::testing::test;
using troupe::error_code;
using troupe::payload;
using kit = office_kit;

// -- what is waited for -------------------------------------------------------

TEST_CASE_METHOD(clean, "a coroutine waits for time, with what it was called with and its captures") {
  kit t{"office:1"};
  auto ada = t.join({}, {.user = "ada, whose name is too long to lie in a string"});
  const auto told = ada.call("after", order{"tea", 500});
  t.pass(499ms);
  CHECK(told.waiting());
  CHECK(t.broadcasts("done").empty());
  t.pass(1ms);
  CHECK(told.as<std::string>() == "tea");
  CHECK(t.broadcasts<std::string>("done").back() ==
        "a greeting that lies in the closure: tea for ada, whose name is too long to lie in a string");
  CHECK(ended == texts{"after tea"});
}

TEST_CASE_METHOD(clean, "a coroutine that asks goes on with the answers, or with none") {
  kit t{"office:1"};
  auto ada = t.join();
  const auto first = ada.call("ask", 1);
  ada.reply(41);
  CHECK(first.as<int>() == 42);
  const auto second = ada.call("ask", 1);
  t.pass(2s);
  CHECK(second == error_code::refused);
  ada.reply(41); // too late
  const auto third = ada.call("ask", 1);
  ada.reply("no number"); // of another shape: costs the object nothing
  CHECK(third == error_code::bad_message);
  CHECK(t.restarts() == 0);
}

TEST_CASE_METHOD(clean, "a coroutine reads history, within the call or as the disk answers") {
  for (const auto* store : {"", on_disk}) {
    kit t{"office:1", store};
    auto ada = t.join();
    ada.call("beside", 1);
    ada.call("beside", 2);
    CHECK(ada.call("history", 10).as<int>() == 2);
  }
  kit t{"office:1", on_disk};
  auto ada = t.join();
  t.store().hold();
  const auto told = ada.call("history", 10);
  CHECK(told.waiting());
  t.store().let_go();
  CHECK(told.as<int>() == 0);
}

TEST_CASE_METHOD(clean, "a coroutine requests from an actor, whose errors it may catch") {
  kit t{"office:1"};
  auto ada = t.join();
  CHECK(ada.call("request", 4).as<int>() == 8);
  CHECK(t.failures().empty());
  CHECK(ada.call("request", -1) == error_code::internal);
  CHECK(t.failures().size() == 1);
  CHECK(ada.call("misunderstood", "four") == error_code::refused); // a string where a number is wanted
  CHECK(t.restarts() == 0);
}

TEST_CASE_METHOD(clean, "a coroutine awaits many things in a row, and the stack stays as it is") {
  kit t{"office:1"};
  auto ada = t.join();
  CHECK(ada.call("many", 200'000).as<int>() == 200'000);
  CHECK(t.object().steps == 200'000);
  const auto told = ada.call("slow steps", 2'000);
  t.pass(2s);
  CHECK(told.as<int>() == 2'000);
}

TEST_CASE_METHOD(clean, "two coroutines wait at once, and the one that is through first answers first") {
  kit t{"office:1"};
  auto ada = t.join();
  const auto slow = ada.call("after", order{"slow", 200});
  const auto fast = ada.call("after", order{"fast", 100});
  t.pass(100ms);
  CHECK(slow.waiting());
  CHECK(fast.as<std::string>() == "fast");
  t.pass(100ms);
  CHECK(slow.as<std::string>() == "slow");
}

TEST_CASE_METHOD(clean, "a join may be decided by a coroutine") {
  kit t{"office:1"};
  auto ada = t.join("yes", {.user = "ada"});
  auto bob = t.join("no", {.user = "bob"});
  CHECK_FALSE(ada.is_in());
  t.pass(1s);
  CHECK(ada.joined().as<std::string>() == "yes");
  REQUIRE(bob.joined().why_not());
  CHECK(bob.joined().why_not()->message == "not you, bob");
}

// -- what is thrown -----------------------------------------------------------

TEST_CASE_METHOD(clean, "what a coroutine throws, at once or late, is a handler's exception") {
  kit t{"office:1"};
  auto ada = t.join();
  for (const int late : {0, 1}) {
    const auto told = ada.call("throw", late);
    t.pass(1ms);
    CHECK(told == error_code::internal);
    REQUIRE(t.failures().size() == static_cast<std::size_t>(late) + 1);
    CHECK(t.failures().back().find("it failed") != std::string::npos);
  }
  CHECK(t.restarts() == 0);
  CHECK(ada.call("caught", 0).why_not()->message == "it failed");
}

TEST_CASE_METHOD(clean, "data that a coroutine cannot read is its client's error, also after it has waited") {
  kit t{"office:1"};
  auto ada = t.join();
  const auto told = ada.call("misread", "text");
  CHECK(told.waiting());
  t.pass(1ms);
  CHECK(told == error_code::bad_message);
  CHECK(ada.call("after", payload::json_text("{}")) == error_code::bad_message);
}
