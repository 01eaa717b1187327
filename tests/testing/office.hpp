#pragma once
/// A channel with one call for each thing that a coroutine does, and what its variables did when they ended.

#include <troupe/request.hpp>
#include <troupe/testing.hpp>

#include <caf/event_based_actor.hpp>

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace troupe::testing::test {

using namespace std::chrono_literals;


using texts = std::vector<std::string>;

/// What variables of coroutines did when they ended, whatever became of their object.
inline texts ended;

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
    on<int>("put away", [this](const member&, int ms) {
      drawer_.emplace(pause(ms));
      start([this]() -> task<> {
        co_await std::move(*drawer_);
        broadcast("taken out", 1);
      });
      return troupe::done();
    });
    on<int>("clear", [this](const member&, int) {
      drawer_.reset();
      return troupe::done();
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
  task<> pause(int ms) {
    const variable last{"pause"};
    co_await after(std::chrono::milliseconds{ms});
  }
  task<> nested() {
    const variable inner{"inner"};
    co_await after(1h);
  }

  std::optional<payload> snapshot() override { return payload::of(steps); }
  void on_restore(const payload& last) override { steps = last.as<int>(); }

  caf::actor clerk_;
  std::optional<task<>> drawer_;
};

using office_kit = troupe::testing::channel_under_test<office>;

/// Each test sees what ended in it.
struct clean {
  clean() { ended.clear(); }
};

constexpr auto on_disk = "[[namespace]]\npattern = \"office:*\"\nhistory_store = \"disk\"\n";

} // namespace troupe::testing::test
