/// The channel as an actor: its messages, its clock, its store that opens late, its ends.

#include "actors/channels/channel_actor.hpp"
#include "channel_fixture.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

/// Writes down who left, one entry for each event.
struct leave_recorder final : announcer {
  void announce(node_event what) override {
    if (const auto* one = std::get_if<events::member_left>(&what))
      note({one->session}, one->why, one->heard);
    else if (const auto* many = std::get_if<events::members_left>(&what))
      note(many->sessions, many->why, many->heard);
  }
  void note(const std::vector<session_id>& who, leave_reason why, bool heard) {
    std::string line;
    for (const auto id : who)
      line += to_string(id) + " ";
    seen.push_back(line + std::string{to_string(why)} + (heard ? "" : " unheard"));
  }
  std::vector<std::string> seen;
};

/// A shard that writes down what channels tell it, and a watcher that hears of the channel's end.
class channel_actor_fixture {
 public:
  channel_actor_fixture() {
    config_.set("scheduler.policy", caf::atom("testing"));
    system_ = std::make_unique<caf::actor_system>(config_);
    keep = std::make_unique<late_store>([this] { return now; });
    keep->prompt = true;
    shard_ = system_->spawn([this](caf::event_based_actor* self) {
      self->set_default_handler(caf::drop);
      return caf::behavior{[this](const effect_batch_ptr& batch) {
        effects_ = batch->number;
        for (const auto& e : batch->effects)
          text_ += (text_.empty() ? "" : "; ") + troupe::actors::testing::text_of(e);
      }};
    });
  }
  ~channel_actor_fixture() {
    caf::anon_send_exit(channel, caf::exit_reason::kill);
    caf::anon_send_exit(shard_, caf::exit_reason::kill);
    caf::anon_send_exit(watcher_, caf::exit_reason::kill);
    settle();
    channel = nullptr;
    shard_ = nullptr;
    watcher_ = nullptr;
  }

  void start() {
    channel = spawn_channel(
        *system_, std::make_shared<const channel_parts>(channel_parts{
                      "room:1", [this](const std::string&) { return std::make_unique<probe>(does); }, rights_, settings, *keep,
                      events_, {[this] { return system_->clock().now(); }, [this] { return now; }}}));
    ++slot_;
    next_command_ = 1;
    effects_ = 0;
    ended.reset();
    watcher_ = system_->spawn([this](caf::event_based_actor* self) {
      self->monitor(channel);
      self->set_down_handler([this](caf::down_msg& down) { ended = down.reason; });
      return caf::behavior{[](int) {}};
    });
    settle();
  }

  void send(std::vector<channel_command> commands) {
    auto batch = std::make_shared<command_batch>();
    batch->from.slot = slot_;
    batch->first = next_command_;
    batch->effects_taken = effects_;
    next_command_ += commands.size();
    batch->commands = std::move(commands);
    caf::send_as(shard_, channel, std::move(batch));
    settle();
  }
  void join(std::uint64_t who) {
    actors::join how;
    how.who.id = session_id{who};
    send({channel_fixture::command(who, std::move(how))});
  }
  template <class Message>
  void tell(Message what) {
    caf::anon_send(channel, std::move(what));
    settle();
  }
  void exit(caf::exit_reason why) {
    caf::anon_send_exit(channel, why);
    settle();
  }
  std::string said() { return std::exchange(text_, {}); }
  std::vector<std::string> left() { return std::exchange(events_.seen, {}); }
  void settle() { coordinator().run(); }
  void pass(milliseconds time) {
    for (; time > milliseconds::zero(); time -= milliseconds{10}) {
      coordinator().advance_time(milliseconds{10});
      settle();
    }
  }

  config::settings settings;
  plan does;
  std::chrono::system_clock::time_point now{std::chrono::hours{1}};
  std::unique_ptr<late_store> keep;
  const config::name_space rights_{};
  channel_handle channel;
  std::optional<caf::error> ended;

 private:
  caf::scheduler::test_coordinator& coordinator() {
    return dynamic_cast<caf::scheduler::test_coordinator&>(system_->scheduler());
  }
  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> system_;
  leave_recorder events_;
  caf::actor shard_, watcher_;
  std::uint64_t slot_ = 0; // of the link
  command_number next_command_ = 1;
  batch_number effects_ = 0;
  std::string text_;
};

} // namespace

TEST_CASE("a channel actor answers commands, and its timers follow the actor clock", "[channel][actor]") {
  channel_actor_fixture s;
  s.does.setup = [](probe& p) {
    p.after(milliseconds{100}, [&p] { p.broadcast("e", json("1")); });
    p.after(milliseconds{30}, [&p] { p.after(milliseconds{10}, [&p] { p.broadcast("e", json("0")); }); });
  };
  s.start();
  s.join(1);
  CHECK(s.said() == "at 0; s1 in 0");
  s.pass(milliseconds{60});
  CHECK(s.said() == "+1 0");
  s.pass(milliseconds{30});
  CHECK(s.said().empty());
  s.pass(milliseconds{30});
  CHECK(s.said() == "+2 1");
}

TEST_CASE("messages wait in order for a store that opens late", "[channel][actor]") {
  channel_actor_fixture s;
  s.keep->opens_late = true;
  s.start();
  s.join(1);
  s.tell(crash_channel{"early"});
  s.join(2);
  CHECK(s.said().empty());
  CHECK(s.does.made == 0);
  s.keep->answer_all();
  s.settle();
  CHECK(s.said() == "at 0; s1 in 0; s2 in 0");
  CHECK(s.does.made == 2);
  CHECK_FALSE(s.ended);
}

TEST_CASE("the store may answer a channel that is gone", "[channel][actor]") {
  channel_actor_fixture s;
  s.keep->opens_late = true;
  s.start();
  s.exit(caf::exit_reason::user_shutdown);
  CHECK(s.ended == caf::exit_reason::user_shutdown);
  s.keep->answer_all();
  s.settle();
  s.keep->opens_late = false;
  s.start(); // the partition is free
  s.join(1);
  CHECK(s.said() == "at 0; s1 in 0");
}

TEST_CASE("a channel whose partition is in use ends with an error", "[channel][actor]") {
  channel_actor_fixture s;
  s.keep->prompt = true;
  std::unique_ptr<partition> taken;
  s.keep->open("room:1", {}, {}, {}, [&](auto got) { taken = std::move(*got); });
  s.start();
  REQUIRE(s.ended);
  CHECK(*s.ended);
  CHECK_FALSE(has_given_up(*s.ended));
}

TEST_CASE("a stopped channel ends normally once everything is kept and said, and gives its partition back",
          "[channel][actor]") {
  channel_actor_fixture s;
  s.keep->prompt = false;
  s.does.leave = [](probe& p, const member&, leave_reason) { p.broadcast("e", json("1")); };
  s.start();
  s.join(1);
  s.said();
  s.tell(stop_channel{leave_reason::drained, "idle"});
  CHECK(s.said() == "s1 left idle");
  CHECK_FALSE(s.ended);
  s.keep->answer_all();
  s.tell(link_closed{7});
  REQUIRE(s.ended);
  CHECK_FALSE(*s.ended);
  s.start();
  s.join(1);
  CHECK(s.said() == "at 1; s1 in 1");
}

TEST_CASE("told to exit a channel drains first; killed it does not", "[channel][actor]") {
  channel_actor_fixture s;
  s.start();
  s.join(1);
  s.said();
  SECTION("normal is nothing") {
    s.exit(caf::exit_reason::normal);
    CHECK_FALSE(s.ended);
  }
  SECTION("politely") {
    s.exit(caf::exit_reason::user_shutdown);
    CHECK(s.said() == "s1 left drain");
    CHECK(s.ended == caf::exit_reason::user_shutdown);
    CHECK(s.does.heard.back() == "leave s1 drained");
  }
  SECTION("killed") {
    s.exit(caf::exit_reason::kill);
    CHECK(s.said().empty());
    CHECK(s.ended == caf::exit_reason::kill);
    s.start();
    CHECK_FALSE(s.ended);
  }
}

TEST_CASE("a channel that gives up says so in its end", "[channel][actor]") {
  channel_actor_fixture s;
  SECTION("later") {
    s.start();
    s.join(1);
    s.said();
    for (int i = 0; i < 6; ++i)
      s.tell(crash_channel{"again"});
    CHECK(s.said() == "s1 left channel failed");
  }
  SECTION("in setup") {
    s.does.setup = [](probe&) { throw std::runtime_error("no"); };
    s.start();
    CHECK(s.does.made == 6);
  }
  REQUIRE(s.ended);
  CHECK(has_given_up(*s.ended));
}

TEST_CASE("an object may stop its channel in setup", "[channel][actor]") {
  channel_actor_fixture s;
  s.does.setup = [](probe& p) { p.stop("not today"); };
  s.start();
  REQUIRE(s.ended);
  CHECK_FALSE(*s.ended);
}

TEST_CASE("a guarded callback of CAF's is the object's own code, and nothing once another took its place",
          "[channel][actor]") {
  channel_actor_fixture s;
  int called = 0;
  std::function<void(probe&)> act;
  caf::actor slow; // answers with the number that it is told as a text
  s.does.calls["fetch"] = [&](probe& p, const member&, const payload& data) {
    auto& self = p.actor();
    slow = self.spawn([](caf::event_based_actor* helper) {
      const auto owed = std::make_shared<caf::response_promise>();
      return caf::behavior{[owed, helper](int) { *owed = helper->make_response_promise(); },
                           [owed](const std::string& number) { owed->deliver(std::stoi(number)); }};
    });
    self.request(slow, caf::infinite, 1)
        .then(p.guarded([&called, &act, &p, data](int x) {
                ++called;
                p.broadcast("e", data);
                if (act)
                  act(p);
                if (x < 0)
                  throw std::runtime_error("the callback failed");
              }),
              p.guarded([&called](const caf::error&) { ++called; }));
    return done();
  };
  s.start();
  s.join(1);
  s.send({channel_fixture::command(1, protocol::call{"room:1", "fetch", payload::of(5), {}})});
  s.said();
  const auto answer = [&](const std::string& number) {
    caf::anon_send(slow, number);
    s.settle();
  };
  SECTION("it speaks") {
    answer("1");
    CHECK(s.said() == "+1 5");
  }
  SECTION("what it throws costs the channel nothing") {
    answer("-1");
    CHECK(s.said() == "+1 5");
    CHECK_FALSE(s.ended);
    CHECK(s.does.made == 1);
  }
  SECTION("and what on_error says of it counts") {
    s.does.on_error = [] { return after_error::restart; };
    answer("-1");
    CHECK(s.does.made == 2);
    CHECK_FALSE(s.ended);
  }
  SECTION("its timers run, and its channel ends when it says so") {
    act = [](probe& p) {
      p.after(milliseconds{100}, [&p] {
        p.broadcast("e", json("6"));
        p.stop("enough");
      });
    };
    answer("1");
    s.said();
    s.pass(milliseconds{200});
    CHECK(s.said() == "+2 6; s1 left enough");
    CHECK(s.ended);
  }
  SECTION("it may stop the channel itself") {
    act = [](probe& p) { p.stop("enough"); };
    answer("1");
    CHECK(s.ended);
  }
  SECTION("it may be the last straw") {
    s.does.on_error = [] { return after_error::restart; };
    for (int i = 0; i < 10 && !s.ended; ++i) {
      answer("-1");
      s.send({channel_fixture::command(1, protocol::call{"room:1", "fetch", {}, {}})});
    }
    REQUIRE(s.ended);
    CHECK(has_given_up(*s.ended));
  }
  SECTION("its object is gone") {
    caf::anon_send(s.channel, crash_channel{"on purpose"});
    s.settle();
    REQUIRE(s.does.made == 2);
    answer("1");
    CHECK(called == 0);
    CHECK(s.said().empty());
  }
  slow = nullptr;
}

TEST_CASE("a promise kept by a callback of CAF's is said at once, and its deadline is kept", "[channel][actor]") {
  channel_actor_fixture s;
  s.does.calls["fetch"] = [](probe& p, const member&, const payload&) {
    auto& self = p.actor();
    const auto owed = p.promise_answer();
    const auto helper = self.spawn([](caf::event_based_actor*) { return caf::behavior{[](int x) { return x + 1; }}; });
    self.request(helper, caf::infinite, 41).then([owed, &p](int x) {
      p.broadcast("e", payload::of(x));
      owed.reply(payload::of(x));
    });
    return later(owed);
  };
  s.does.calls["wait"] = [](probe& p, const member&, const payload&) {
    static std::optional<promise> owed;
    owed = p.promise_answer();
    const auto copy = *owed;
    p.after(milliseconds{500}, [] { owed.reset(); });
    return later(copy);
  };
  s.start();
  s.join(1);
  s.said();
  s.send({channel_fixture::command(1, protocol::call{"room:1", "fetch", {}, {}})});
  CHECK(s.said() == "+1 42; s1 reply 1 42");
  s.send({channel_fixture::command(1, protocol::call{"room:1", "wait", {}, 50})});
  s.pass(milliseconds{60});
  CHECK(s.said() == "s1 error 1 timeout");
  s.pass(milliseconds{600});
  CHECK(s.said().empty());
}

TEST_CASE("who is in when the actor dies leaves once, also who had left by a command that nobody read", "[channel][actor]") {
  channel_actor_fixture s;
  s.start();
  for (const std::uint64_t who : {1, 2, 3, 4})
    s.join(who);
  s.send({channel_fixture::command(4, actors::leave{leave_reason::left})});
  CHECK(s.left() == std::vector<std::string>{"s4 left"});
  caf::anon_send_exit(s.channel, caf::exit_reason::kill);
  s.send({channel_fixture::command(2, actors::leave{leave_reason::left})}); // lies in the mailbox of the dead
  CHECK(s.left() == std::vector<std::string>{"s1 s2 s3 channel failed unheard"});
  s.start();
  s.exit(caf::exit_reason::kill); // before anybody has come in again: nobody leaves twice
  CHECK(s.left().empty());
}
