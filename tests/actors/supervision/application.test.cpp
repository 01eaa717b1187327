// How an application uses a supervisor for actors of its own.

#include "actors/hosting/hosted.hpp"
#include "supervision_fixture.hpp"

#include <caf/typed_event_based_actor.hpp>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::actors::supervision_testing;
using troupe::actors::hosted;
using troupe::actors::shard_host;

namespace {

struct price {
  int value = 0;
};
struct outage {};

} // namespace

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(price)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(outage)

namespace {

// -- a typed child ------------------------------------------------------------

using price_feed = caf::typed_actor<caf::replies_to<price>::with<int>, caf::reacts_to<outage>>;

class price_feed_actor : public price_feed::base {
 public:
  explicit price_feed_actor(caf::actor_config& cfg) : price_feed::base(cfg) {
    set_exception_handler([](std::exception_ptr&) -> caf::error { return caf::sec::runtime_error; });
  }
  behavior_type make_behavior() override {
    return {[this](const price& p) { return total_ += p.value; },
            [](const outage&) { throw std::runtime_error("gone"); }};
  }

 private:
  int total_ = 0;
};

int total_of(supervision_fixture& h, int add) {
  int total = -1;
  auto feed = caf::actor_cast<price_feed>(h.find("prices"));
  h.system->spawn([&total, feed, add](caf::event_based_actor* self) {
    self->request(feed, caf::infinite, price{add}).then([&total](int t) { total = t; });
  });
  h.settle();
  return total;
}

// -- a hosted child -----------------------------------------------------------

class hosted_worker : public hosted<caf::event_based_actor> {
 public:
  hosted_worker(caf::actor_config& cfg, shard_host& host, script& s) : hosted(cfg, host), script_(s) {
    set_exception_handler([](std::exception_ptr&) -> caf::error { return caf::sec::runtime_error; });
  }
  caf::behavior make_behavior() override {
    script_.log.push_back("+h");
    return {[](const throw_now&) { throw std::logic_error("told to"); }};
  }
  void on_exit() override {
    script_.log.push_back("-h");
    hosted::on_exit();
  }

 private:
  script& script_;
};

} // namespace

TEST_CASE_METHOD(supervision_fixture, "an application's typed actor is supervised and found by its name") {
  start(settings(), {child("prices", [](caf::local_actor& parent) { return parent.spawn<price_feed_actor>(); })});
  CHECK(total_of(*this, 3) == 3);
  CHECK(total_of(*this, 4) == 7);
  tell("prices", outage{});
  pass(100ms);
  CHECK(total_of(*this, 5) == 5);
  CHECK(info("prices").reason == caf::sec::runtime_error);
}

TEST_CASE_METHOD(supervision_fixture, "a listener hears what happens to the children, until it ends") {
  start(supervision_strategy::one_for_one, "a");
  std::string heard;
  auto listener = system->spawn([&heard](caf::event_based_actor*) -> caf::behavior {
    return {[&heard](const child_started& e) { heard += "started " + e.name + ","; },
            [&heard](const child_down& e) { heard += "down " + e.name + ","; },
            [&heard](const child_restarting& e) { heard += "restarting " + e.name + ","; },
            [&heard](const child_failed& e) { heard += "failed " + e.name + ","; }};
  });
  for (int i = 0; i < 2; ++i)
    caf::anon_send(top, listen_to_children{caf::actor_cast<caf::strong_actor_ptr>(listener)});
  settle();
  tell("a", throw_now{});
  pass(100ms);
  CHECK(heard == "down a,restarting a,started a,");
  caf::anon_send_exit(listener, caf::exit_reason::user_shutdown);
  settle();
  tell("a", throw_now{});
  pass(200ms);
  CHECK(heard == "down a,restarting a,started a,");
}

TEST_CASE_METHOD(supervision_fixture, "an actor can have a supervisor of its own as its child") {
  start(settings(), {child("desk", [this](caf::local_actor& parent) {
          return spawn_supervisor(parent, settings(), {worker_spec("a"), worker_spec("b")});
        })});
  CHECK(log() == "+a +b");
  stop();
  CHECK(log() == "-b -a");
}

TEST_CASE_METHOD(supervision_fixture, "a child hosted on an I/O thread is supervised like any other") {
  std::deque<shard_host::task> loop;
  shard_host host{[&loop](shard_host::task t) { loop.push_back(std::move(t)); }};
  host.attach(*system);
  const bool closed = GENERATE(false, true); // closed: its jobs go to the coordinator
  if (closed)
    host.close();
  const auto turn = [&] {
    settle();
    for (; !loop.empty(); settle()) {
      auto t = std::move(loop.front());
      loop.pop_front();
      t();
    }
  };
  plan.deaf = {};
  start(settings(), {child("h", [&](caf::local_actor& parent) { return parent.spawn<hosted_worker>(host, plan); })});
  turn();
  CHECK(log() == "+h");
  tell("h", throw_now{});
  turn();
  CHECK(log() == "-h");
  pass(100ms);
  turn();
  CHECK(log() == "+h");
  CHECK(ask<caf::unit_t>(crash_child{"h"}).value);
  turn();
  pass(200ms);
  turn();
  CHECK(log() == "-h +h");
  stop();
  turn();
  CHECK(log() == "-h");
  CHECK(ended());
  host.close();
}
