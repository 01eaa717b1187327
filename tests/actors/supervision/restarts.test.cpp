#include "supervision_fixture.hpp"

#include "tests/seed.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::actors::supervision_testing;
using strategy = supervision_strategy;

// -- one child ----------------------------------------------------------------

TEST_CASE_METHOD(supervision_fixture, "a crashed child is started again after its pause, under its name") {
  start(strategy::one_for_one, "ab");
  auto before = find("a");
  CHECK(log() == "+a +b");
  tell("a", throw_now{});
  CHECK(log() == "-a");
  CHECK(info("a").state == child_state::backing_off);
  CHECK(why_not("a") == make_error(supervision_error::not_running));
  pass(90ms);
  CHECK(log().empty());
  pass(10ms);
  CHECK(log() == "+a");
  CHECK(find("a") != before);
  CHECK(info("a").restarts == 1);
  CHECK(info("b").restarts == 0);
  CHECK(events() == "started(a) started(b) down(a) restarting(a,100) started(a)");
}

TEST_CASE_METHOD(supervision_fixture, "pauses grow with failures in a row and shrink after a calm time") {
  auto s = settings();
  s.limit.restarts_max = 100;
  start(s, {worker_spec("a")});
  for (auto pause : {100ms, 200ms, 400ms, 800ms}) {
    tell("a", throw_now{});
    pass(pause - 10ms);
    CHECK(info("a").state == child_state::backing_off);
    pass(10ms);
    CHECK(info("a").state == child_state::running);
  }
  pass(10s);
  tell("a", throw_now{});
  pass(100ms);
  CHECK(info("a").state == child_state::running);
}

TEST_CASE_METHOD(supervision_fixture, "the same seed gives the same pauses") {
  const auto seed = troupe::test::seed();
  INFO("TROUPE_SEED=" << seed);
  std::vector<std::string> runs;
  for (int run = 0; run < 2; ++run) {
    supervision_fixture h;
    auto s = h.settings();
    s.pause.jitter = 0.5;
    s.seed = seed;
    h.start(s, {h.worker_spec("a")});
    CHECK(h.ask<child_list>(list_children{}).value->seed == seed);
    for (int i = 0; i < 4; ++i) {
      h.tell("a", throw_now{});
      h.pass(2s);
    }
    runs.push_back(h.events());
  }
  CHECK(runs[0] == runs[1]);
}

TEST_CASE_METHOD(supervision_fixture, "a transient child restarts only when it failed, a temporary one never") {
  start(settings(), {worker_spec("a", restart_policy::transient), worker_spec("b", restart_policy::transient),
                     worker_spec("c", restart_policy::temporary), worker_spec("d")});
  tell("a", quit_now{});
  tell("b", throw_now{});
  tell("c", throw_now{});
  tell("d", quit_now{});
  pass(1s);
  CHECK(info("a").state == child_state::stopped);
  CHECK(info("b").state == child_state::running);
  CHECK(info("c").state == child_state::failed);
  CHECK(info("d").state == child_state::running);
  CHECK(why_not("a") == make_error(supervision_error::unknown_child));
  CHECK_THAT(events(), Catch::Contains("failed(c)") && !Catch::Contains("failed(a)"));
}

TEST_CASE_METHOD(supervision_fixture, "a child killed on purpose counts as failed, even with a full mailbox") {
  start(settings(), {worker_spec("a", restart_policy::transient)});
  auto a = find("a");
  caf::anon_send(top, crash_child{"a"});
  for (int i = 0; i < 1'000; ++i)
    caf::anon_send(a, greet{});
  settle();
  CHECK(plan.greeted < 10);
  CHECK(ask<caf::unit_t>(crash_child{"x"}).error == make_error(supervision_error::unknown_child));
  CHECK(info("a").state == child_state::backing_off);
  CHECK(info("a").reason == caf::exit_reason::kill);
  CHECK(ask<caf::unit_t>(crash_child{"a"}).error == make_error(supervision_error::not_running));
  pass(100ms);
  CHECK(info("a").state == child_state::running);
}

// -- failed starts ------------------------------------------------------------

TEST_CASE_METHOD(supervision_fixture, "a constructor that throws is a failed start and is tried again") {
  plan.failing["a"] = 2;
  start(strategy::one_for_one, "ab");
  CHECK(log() == "+b");
  CHECK(info("a").state == child_state::backing_off);
  CHECK(info("a").reason.code() == static_cast<int>(supervision_error::start_failed));
  CHECK_THAT(caf::to_string(info("a").reason.context()), Catch::Contains("a was told to fail"));
  pass(300ms);
  CHECK(log() == "+a");
  CHECK(events() == "down(a) restarting(a,100) started(b) down(a) restarting(a,200) started(a)");
}

TEST_CASE_METHOD(supervision_fixture, "a factory that returns no actor, or another child's, is a failed start") {
  plan.null_factory["a"] = 1;
  start(strategy::one_for_one, "a");
  pass(100ms);
  CHECK(log() == "+a");
  auto a = find("a");
  auto thief = child("b", [a](caf::local_actor&) { return a; });
  CHECK(ask<child_handle>(start_child{thief}).error.code() == static_cast<int>(supervision_error::start_failed));
}

TEST_CASE_METHOD(supervision_fixture, "a child that never starts makes its supervisor give up") {
  plan.failing["b"] = 1'000;
  start(strategy::one_for_one, "ab");
  pass(10s);
  REQUIRE(ended());
  CHECK(down_reason->code() == static_cast<int>(supervision_error::too_many_restarts));
  CHECK(log() == "+a -a");
  CHECK(plan.failing["b"] == 1'000 - 6);
}

TEST_CASE_METHOD(supervision_fixture, "where nothing may be restarted, a failed first start ends the supervisor at once") {
  plan.failing["b"] = 1;
  auto s = settings(GENERATE(strategy::one_for_one, strategy::one_for_all, strategy::rest_for_one));
  s.limit.restarts_max = 0;
  start(s, {worker_spec("a"), worker_spec("b"), worker_spec("c")});
  CHECK(ended());
  CHECK(log() == "+a -a");
}

TEST_CASE_METHOD(supervision_fixture, "two children of the same name are refused where the supervisor is spawned") {
  CHECK_THROWS_AS(spawn_supervisor(*system, {}, {worker_spec("a"), worker_spec("a")}), std::invalid_argument);
}

// -- intensity and escalation -------------------------------------------------

TEST_CASE_METHOD(supervision_fixture, "the sixth failure in ten seconds ends the supervisor, its children first") {
  start(strategy::one_for_one, "abc");
  log();
  for (int i = 0; i < 5; ++i) {
    tell(i % 2 ? "a" : "b", throw_now{});
    pass(500ms);
  }
  CHECK_FALSE(ended());
  log();
  tell("b", throw_now{});
  CHECK(log() == "-b -c -a");
  REQUIRE(ended());
  CHECK(down_reason->code() == static_cast<int>(supervision_error::too_many_restarts));
  CHECK_THAT(events(), Catch::Contains("failed(b)"));
}

TEST_CASE_METHOD(supervision_fixture, "failures that are far apart never end the supervisor") {
  auto s = settings();
  s.pause.longest = 1s;
  start(s, {worker_spec("a")});
  for (int i = 0; i < 20; ++i) {
    tell("a", throw_now{});
    pass(2500ms);
  }
  CHECK_FALSE(ended());
  CHECK(info("a").restarts == 20);
}

TEST_CASE_METHOD(supervision_fixture, "where children are given up, one that keeps failing leaves the others alone") {
  auto s = settings();
  s.beyond_limit = restart_verdict::give_up;
  start(s, {worker_spec("a"), worker_spec("b")});
  for (int i = 0; i < 5; ++i) {
    tell("a", throw_now{});
    tell("b", throw_now{});
    pass(1700ms);
  }
  tell("a", throw_now{});
  pass(10s);
  CHECK_FALSE(ended());
  CHECK(info("a").state == child_state::failed);
  CHECK(info("b").state == child_state::running);
  CHECK(why_not("a") == make_error(supervision_error::unknown_child));
  CHECK(ask<child_handle>(start_child{worker_spec("a")}).value);
  CHECK(info("a").state == child_state::running);
}

TEST_CASE_METHOD(supervision_fixture, "a supervisor that gives up is restarted by its own, with all its children") {
  auto inner = settings();
  inner.limit.restarts_max = 1;
  start(settings(strategy::rest_for_one), {worker_spec("z"),
                                           supervisor_child("inner", inner, {worker_spec("a"), worker_spec("b")}),
                                           worker_spec("y")});
  CHECK(log() == "+z +y +a +b");
  // Crash `a` twice, through the inner supervisor of the moment.
  const auto crash = [&] {
    caf::anon_send(find("inner"), crash_child{"a"});
    settle();
  };
  crash();
  pass(100ms);
  CHECK(log() == "-a +a");
  crash();
  CHECK(log() == "-a -b -y");
  CHECK(info("inner").state == child_state::backing_off);
  pass(100ms);
  CHECK(log() == "+y +a +b");
  CHECK_FALSE(ended());
}

// -- groups -------------------------------------------------------------------

TEST_CASE_METHOD(supervision_fixture, "one_for_all stops from the last to the first and starts from the first to the last") {
  start(strategy::one_for_all, "abcd");
  log();
  tell("b", throw_now{});
  CHECK(log() == "-b -d -c -a");
  pass(90ms);
  CHECK(log().empty());
  pass(10ms);
  CHECK(log() == "+a +b +c +d");
  CHECK(info("a").restarts == 1);
}

TEST_CASE_METHOD(supervision_fixture, "rest_for_one leaves alone what was started before") {
  start(strategy::rest_for_one, "abcd");
  log();
  tell("c", throw_now{});
  CHECK(log() == "-c -d");
  pass(100ms);
  CHECK(log() == "+c +d");
  CHECK(info("b").restarts == 0);
}

TEST_CASE_METHOD(supervision_fixture, "a failure before the group widens it") {
  start(strategy::rest_for_one, "abcd");
  log();
  tell("d", throw_now{});
  pass(50ms);
  tell("b", throw_now{});
  CHECK(log() == "-d -b -c");
  pass(90ms);
  CHECK(log().empty());
  pass(10ms);
  CHECK(log() == "+b +c +d");
}

TEST_CASE_METHOD(supervision_fixture, "a member that crashes while its group is being stopped is not counted again") {
  auto s = settings(strategy::one_for_all);
  s.limit.restarts_max = 1;
  plan.deaf = {"c"};
  start(s, {worker_spec("a"), worker_spec("b"), worker_spec("c")});
  tell("a", throw_now{});
  tell("b", throw_now{}); // while `c` takes its time
  pass(6s);
  CHECK_FALSE(ended());
  CHECK(log() == "+a +b +c -a -b -c +a +b +c");
}

TEST_CASE_METHOD(supervision_fixture, "a constructor that throws within a group restarts the group") {
  start(strategy::one_for_all, "abc");
  log();
  plan.failing["b"] = 1;
  tell("c", throw_now{});
  pass(100ms);
  CHECK(log() == "-c -b -a +a -a");
  pass(100ms);
  CHECK(log() == "+a +b +c");
}

TEST_CASE_METHOD(supervision_fixture, "temporary children go down with their group and stay down") {
  start(settings(strategy::one_for_all), {worker_spec("a"), worker_spec("t", restart_policy::temporary),
                                          worker_spec("b", restart_policy::transient)});
  tell("a", throw_now{});
  pass(100ms);
  CHECK(log() == "+a +t +b -a -b -t +a +b");
  CHECK(info("t").state == child_state::stopped);
}

TEST_CASE_METHOD(supervision_fixture, "a child added while its group restarts is started with it, and told then") {
  start(strategy::rest_for_one, "ab");
  log();
  tell("a", throw_now{});
  auto added = ask_later<child_handle>(start_child{worker_spec("c")});
  CHECK(added->pending());
  pass(100ms);
  CHECK(log() == "-a -b +a +b +c");
  REQUIRE(added->value);
  CHECK(added->value->actor == caf::actor_cast<caf::strong_actor_ptr>(find("c")));
}
