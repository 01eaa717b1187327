// A channel under test whose object speaks with CAF actors.

#include <troupe/testing.hpp>

#include <caf/event_based_actor.hpp>
#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>

using namespace std::chrono_literals;
using troupe::error_code;
using troupe::testing::channel_under_test;

namespace {

/// `ask n` is answered by an actor of its own, after a second if n is odd; `bare n` without `guarded`, and throws.
class oracle : public troupe::channel {
  void setup() override {
    wise_ = actor().spawn([](caf::event_based_actor* self) -> caf::behavior {
      return {[self](int n) -> caf::result<int> {
                if (n % 2 == 0)
                  return n * 2;
                auto later = self->make_response_promise<int>();
                self->delayed_send(self, 1s, std::string{"now"}, n);
                waiting = [later, n]() mutable { later.deliver(n * 2); };
                return later;
              },
              [](const std::string&, int) { waiting(); }};
    });
    on<int>("ask", [this](const troupe::member&, int n) {
      auto told = promise_answer();
      actor()
          .request(wise_, caf::infinite, n)
          .then(guarded([told](int x) { told.reply(x); }),
                guarded([told](const caf::error&) { told.refuse(error_code::unavailable, "the oracle is silent"); }));
      return troupe::later(told);
    });
    on<int>("bare", [this](const troupe::member&, int n) {
      actor().request(wise_, caf::infinite, n).then([](int) { throw std::runtime_error("unguarded"); }, [](const caf::error&) {});
      return troupe::done();
    });
  }
  caf::actor wise_;
  static inline std::function<void()> waiting;
};

} // namespace

TEST_CASE("what an object requests from an actor is answered, at once or as time passes") {
  channel_under_test<oracle> t{"oracle"};
  auto ada = t.join();
  CHECK(ada.call("ask", 4).as<int>() == 8);
  const auto told = ada.call("ask", 5);
  CHECK(told.waiting());
  t.pass(1s);
  CHECK(told.as<int>() == 10);
}

TEST_CASE("a callback that is not guarded and throws ends the actor, as in a node") {
  channel_under_test<oracle> t{"oracle"};
  auto ada = t.join();
  CHECK(ada.call("bare", 4).ok());
  REQUIRE(t.failures().size() == 1);
  CHECK(t.failures()[0].starts_with("actor: "));
  CHECK(ada.is_in());
  CHECK(ada.call("ask", 4).as<int>() == 8);
}
