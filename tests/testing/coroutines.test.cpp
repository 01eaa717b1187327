// Coroutines of a channel under test: what each waits for, and every way in which it ends.

#include <troupe/request.hpp>
#include <troupe/testing.hpp>

#include <caf/event_based_actor.hpp>
#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using troupe::call_result;
using troupe::error_code;
using troupe::member;
using troupe::payload;
using troupe::task;

namespace {

using texts = std::vector<std::string>;

/// What variables of coroutines did when they ended, whatever became of their object.
texts ended;

struct variable {
  explicit variable(std::string called) : name(std::move(called)) {}
  ~variable() { ended.push_back(name); }
  variable(const variable&) = delete;
  variable& operator=(const variable&) = delete;
  std::string name;
};

struct order {
  std::string what;
  int delay = 0; ///< ms
  TROUPE_FIELDS(what, delay)
};

/// One call for each thing that a coroutine does.
class office : public troupe::channel {
 public:
  int steps = 0;

 private:
  void setup() override {
    declare_waits();
    declare_ends();
    clerk_ = actor().spawn([](caf::event_based_actor*) -> caf::behavior {
      return {[](int n) -> caf::result<int> {
                if (n < 0)
                  return caf::make_error(caf::sec::invalid_argument);
                return n * 2;
              },
              [](const std::string&) { return std::string{"no number"}; }};
    });
  }

  void declare_waits() {
    on<order>("after", [this, greeting = std::string{"a greeting that lies in the closure: "}](
                           const member& who, const order& o) -> task<call_result> {
      const variable last{"after " + o.what};
      broadcast("begun", o.what);
      co_await after(std::chrono::milliseconds{o.delay});
      broadcast("done", greeting + o.what + " for " + who.user);
      co_return troupe::reply(payload::of(o.what));
    });
    on<payload>("ask", [this](member who, payload data) -> task<call_result> {
      const std::vector<troupe::session_id> whom{who.id};
      const auto answers = co_await ask(whom, "well?", std::move(data), {2s});
      if (answers.empty())
        co_return troupe::refuse("silence");
      co_return troupe::reply(payload::of(answers.front().data.as<int>() + 1));
    });
    on<std::size_t>("history", [this](const member&, std::size_t n) -> task<call_result> {
      const auto items = co_await history(n);
      co_return troupe::reply(payload::of(items.size()));
    });
    on<int>("request", [this](const member&, int n) -> task<call_result> {
      co_return troupe::reply(payload::of(co_await troupe::request<int>(actor(), clerk_, 1s, n)));
    });
    on<std::string>("misunderstood", [this](const member&, std::string text) -> task<call_result> {
      try {
        co_return troupe::reply(payload::of(co_await troupe::request<int>(actor(), clerk_, 1s, std::move(text))));
      } catch (const troupe::request_failed&) {
        co_return troupe::refuse("the clerk failed");
      }
    });
    on<int>("many", [this](const member&, int n) -> task<call_result> {
      int sum = 0;
      for (int i = 0; i < n; ++i) {
        sum += co_await step();
        co_await history(1);
      }
      co_return troupe::reply(payload::of(sum));
    });
    on<int>("slow steps", [this](const member&, int n) -> task<call_result> {
      for (int i = 0; i < n; ++i)
        co_await slow_step();
      co_return troupe::reply(payload::of(n));
    });
  }

  void declare_ends() {
    on<int>("throw", [this](const member&, int late) -> task<call_result> {
      if (late > 0)
        co_await after(1ms);
      co_await failing();
      co_return troupe::done();
    });
    on<int>("caught", [this](const member&, int) -> task<call_result> {
      try {
        co_await failing();
      } catch (const std::runtime_error& why) {
        co_return troupe::refuse(why.what());
      }
      co_return troupe::done();
    });
    on<payload>("misread", [this](const member&, const payload& data) -> task<call_result> {
      co_await after(1ms);
      co_return troupe::reply(payload::of(data.as<int>()));
    });
    on<int>("nested", [this](const member&, int) -> task<call_result> {
      const variable outer{"outer"};
      const variable second{"second"};
      co_await nested();
      co_return troupe::done();
    });
    on<int>("saved", [this](const member&, int n) -> task<call_result> {
      co_await after(1ms);
      steps += n;
      co_return troupe::reply(payload::of(steps)).after_save();
    });
    on<int>("beside", [this](const member&, int ms) {
      start([this, ms, text = std::string{"what stands in the closure"}]() -> task<> {
        const variable last{"beside"};
        const auto works = busy();
        co_await after(std::chrono::milliseconds{ms});
        broadcast("beside", text);
        if (ms == 13)
          throw std::runtime_error("unlucky");
      });
      broadcast("first", ms);
      return troupe::done();
    });
  }

  troupe::join_result on_join(const member& who, const payload& params) override {
    if (params.is_null())
      return troupe::accept();
    return answer_with(let_in(who, params));
  }
  task<troupe::join_result> let_in(member who, payload params) {
    co_await after(1s);
    if (params.as<std::string>() == "no")
      co_return troupe::refuse("not you, " + who.user);
    co_return troupe::accept(params);
  }

  task<int> step() {
    ++steps;
    co_return 1;
  }
  task<> slow_step() {
    co_await after(1ms);
    ++steps;
  }
  task<> failing() {
    co_await history(1);
    throw std::runtime_error("it failed");
  }
  task<> nested() {
    const variable inner{"inner"};
    co_await after(1h);
  }

  std::optional<payload> snapshot() override { return payload::of(steps); }
  void on_restore(const payload& last) override { steps = last.as<int>(); }

  caf::actor clerk_;
};

using kit = troupe::testing::channel_under_test<office>;

/// Each test sees what ended in it.
struct clean {
  clean() { ended.clear(); }
};

constexpr auto on_disk = "[[namespace]]\npattern = \"office:*\"\nhistory_store = \"disk\"\n";

} // namespace

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
