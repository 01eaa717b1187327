#include "supervision_fixture.hpp"

#include <algorithm>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::actors::supervision_testing;
using strategy = supervision_strategy;

namespace {

/// Lives on after its end as an actor that cannot be reached: a stand-in for a handler that never returns.
class stuck_worker : public caf::event_based_actor {
 public:
  using caf::event_based_actor::event_based_actor;
  caf::behavior make_behavior() override {
    return {[](const greet&) {}};
  }
  resume_result resume(caf::execution_unit* unit, std::size_t messages_max) override {
    if (stuck)
      return resumable::awaiting_message; // its mailbox keeps what it got
    return caf::event_based_actor::resume(unit, messages_max);
  }
  bool stuck = false;
};

} // namespace

// -- one child ----------------------------------------------------------------

TEST_CASE_METHOD(supervision_fixture, "children are added and removed while the supervisor runs") {
  start(strategy::one_for_one, "a");
  auto added = ask<child_handle>(start_child{worker_spec("b")});
  REQUIRE(added.value);
  CHECK(added.value->name == "b");
  CHECK(caf::actor_cast<caf::actor>(added.value->actor) == find("b"));
  CHECK(ask<child_handle>(start_child{worker_spec("b")}).error == make_error(supervision_error::duplicate_name));
  auto removed = ask<child_stopped>(stop_child{"b"});
  REQUIRE(removed.value);
  CHECK(removed.value->reason == caf::exit_reason::user_shutdown);
  pass(1s);
  CHECK(log() == "+a +b -b");
  CHECK(info("b").state == child_state::stopped);
  CHECK(ask<child_stopped>(stop_child{"b"}).error == make_error(supervision_error::unknown_child));
  CHECK(ask<child_handle>(start_child{worker_spec("b")}).value);
}

TEST_CASE_METHOD(supervision_fixture, "adding a child that cannot be started leaves none behind") {
  start(strategy::one_for_one, "a");
  plan.failing["b"] = 1;
  CHECK(ask<child_handle>(start_child{worker_spec("b")}).error.code()
        == static_cast<int>(supervision_error::start_failed));
  pass(1s);
  CHECK(why_not("b") == make_error(supervision_error::unknown_child));
  CHECK(events() == "started(a) failed(b)");
  CHECK(ask<child_handle>(start_child{worker_spec("b")}).value);
}

TEST_CASE_METHOD(supervision_fixture, "stopping a child that waits for its restart forgets it at once") {
  start(strategy::one_for_one, "a");
  tell("a", throw_now{});
  CHECK(ask<child_stopped>(stop_child{"a"}).value);
  pass(1s);
  CHECK(log() == "+a -a");
}

TEST_CASE_METHOD(supervision_fixture, "a restart that is due does not touch a new child of the same name") {
  start(strategy::one_for_one, "a");
  tell("a", throw_now{});
  REQUIRE(ask<child_stopped>(stop_child{"a"}).value);
  REQUIRE(ask<child_handle>(start_child{worker_spec("a")}).value);
  pass(1s);
  CHECK(log() == "+a -a +a");
}

TEST_CASE_METHOD(supervision_fixture, "a child that ignores the polite exit is killed at its deadline") {
  plan.deaf = {"a"};
  start(settings(), {worker_spec("a", restart_policy::permanent, 2s), worker_spec("b")});
  auto stopped = ask_later<child_stopped>(stop_child{"a"});
  auto again = ask_later<child_stopped>(stop_child{"a"});
  CHECK(info("a").state == child_state::stopping);
  CHECK(why_not("a") == make_error(supervision_error::not_running));
  pass(1990ms);
  CHECK(stopped->pending());
  pass(10ms);
  REQUIRE(stopped->value);
  CHECK(again->value);
  CHECK(stopped->value->reason == caf::exit_reason::kill);
}

TEST_CASE_METHOD(supervision_fixture, "a child without a deadline is killed at once") {
  plan.deaf = {"a"};
  start(settings(), {worker_spec("a", restart_policy::permanent, 0ms)});
  CHECK(ask<child_stopped>(stop_child{"a"}).value->reason == caf::exit_reason::kill);
}

TEST_CASE_METHOD(supervision_fixture, "a stuck child is left behind after the grace, and told so") {
  stuck_worker* made = nullptr;
  auto stuck = child("s", [&made](caf::local_actor& parent) {
    auto handle = parent.spawn<stuck_worker>();
    made = caf::actor_cast<stuck_worker*>(handle);
    return handle;
  });
  start(settings(), {worker_spec("a"), stuck});
  auto keep = find("s");
  made->stuck = true;
  stop();
  pass(5990ms);
  CHECK_FALSE(ended());
  CHECK(log() == "+a"); // `a` waits for `s`, which was started after it
  pass(10ms);
  CHECK(ended());
  CHECK(log() == "-a");
  CHECK_THAT(events(), Catch::Contains("failed(s)"));
  made->stuck = false; // its handler returns at last: what waits in its mailbox ends it
  caf::intrusive_ptr_add_ref(static_cast<caf::resumable*>(made));
  coordinator().jobs.push_back(made);
  settle();
}

// -- the supervisor -----------------------------------------------------------

TEST_CASE_METHOD(supervision_fixture, "shutdown stops children one by one, the last started first") {
  plan.deaf = {"b"};
  start(strategy::one_for_one, "abc");
  log();
  stop();
  CHECK(log() == "-c");
  CHECK(ask<child_handle>(start_child{worker_spec("d")}).error == make_error(supervision_error::stopping));
  pass(5s);
  CHECK(log() == "-b -a");
  REQUIRE(ended());
  CHECK(*down_reason == caf::exit_reason::user_shutdown);
}

TEST_CASE_METHOD(supervision_fixture, "shutdown can stop several children at once") {
  plan.deaf = {"a", "b", "c"};
  auto s = settings();
  s.stops_at_once = 2;
  start(s, {worker_spec("a"), worker_spec("b"), worker_spec("c")});
  log();
  stop();
  pass(5s);
  CHECK(log() == "-c -b");
  pass(5s);
  CHECK(log() == "-a");
  CHECK(ended());
}

TEST_CASE_METHOD(supervision_fixture, "nothing is restarted while the supervisor is being stopped") {
  plan.deaf = {"c"};
  start(settings(GENERATE(strategy::one_for_one, strategy::one_for_all, strategy::rest_for_one)),
        {worker_spec("a"), worker_spec("b"), worker_spec("c")});
  tell("a", throw_now{});
  auto b = ended() ? caf::actor{} : caf::actor_cast<caf::actor>(info("b").actor);
  stop();
  caf::anon_send(b, throw_now{});
  pass(11s);
  CHECK(ended());
  CHECK_THAT(log(), !Catch::Contains("-b +") && !Catch::Contains("-a +"));
}

TEST_CASE_METHOD(supervision_fixture, "an exit with reason normal does not stop a supervisor") {
  start(strategy::one_for_one, "a");
  caf::anon_send_exit(top, caf::exit_reason::normal);
  pass(1s);
  CHECK_FALSE(ended());
}

TEST_CASE_METHOD(supervision_fixture, "a killed supervisor takes its children along and answers who waits") {
  plan.deaf = {"a", "b"};
  start(strategy::one_for_one, "ab");
  auto waiting = ask_later<child_stopped>(stop_child{"a"});
  caf::anon_send_exit(top, caf::exit_reason::kill);
  settle();
  CHECK(ended());
  CHECK(waiting->error == make_error(supervision_error::stopping));
  CHECK(log() == "+a +b -a -b");
}

TEST_CASE_METHOD(supervision_fixture, "a supervisor lives without anybody holding its handle") {
  start(strategy::one_for_one, "a");
  auto address = caf::actor_cast<caf::actor_addr>(top);
  top = nullptr;
  pass(1s);
  CHECK(log() == "+a");
  caf::anon_send_exit(address, caf::exit_reason::user_shutdown);
  settle();
  CHECK(ended());
}

TEST_CASE_METHOD(supervision_fixture, "of the children that ended for good only the last are listed") {
  auto s = settings();
  s.ended_listed_max = 3;
  start(s, {});
  for (int i = 0; i < 10; ++i) {
    REQUIRE(ask<child_handle>(start_child{worker_spec(std::to_string(i))}).value);
    REQUIRE(ask<child_stopped>(stop_child{std::to_string(i)}).value);
  }
  CHECK(ask<child_list>(list_children{}).value->children.size() == 3);
}

TEST_CASE_METHOD(supervision_fixture, "thousands of children fail at once, come back, and are stopped some at a time") {
  constexpr int many = 3'000;
  auto how = settings();
  how.beyond_limit = restart_verdict::give_up;
  how.stops_at_once = 64;
  how.on_event = nullptr;
  start(how, {});
  for (int i = 0; i < many; ++i)
    REQUIRE(ask<child_handle>(start_child{worker_spec(std::to_string(i))}).value);
  const auto first = ask<child_list>(list_children{});
  for (const auto& child : first.value->children)
    caf::anon_send_exit(caf::actor_cast<caf::actor>(child.actor), caf::exit_reason::kill);
  pass(1s);
  auto all = ask<child_list>(list_children{}).value->children;
  REQUIRE(all.size() == many);
  CHECK(std::all_of(all.begin(), all.end(), [](const child_info& c) {
    return c.state == child_state::running && c.restarts == 1;
  }));
  REQUIRE(ask<child_stopped>(stop_child{"1500"}).value);
  CHECK(ask<child_list>(list_children{}).value->children.size() == many); // one of them as stopped
  CHECK(ask<child_handle>(start_child{worker_spec("1500")}).value);
  stop();
  pass(1s);
  CHECK(ended());
}
