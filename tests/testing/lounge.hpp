#pragma once
/// A channel for tests of the test kit: it does a little of all that a channel can.

#include <troupe/channel.hpp>

#include <deque>
#include <stdexcept>
#include <string>
#include <vector>

namespace troupe::testing::test {

struct remark {
  std::string text;
  TROUPE_FIELDS(text)
};

///   call say {text}    pushes `echo` to the caller behind the broadcast `said`, replies "said"
///   call whisper text  broadcasts an event of that name to all but the caller
///   call tick ms       broadcasts `tick` with the time so often
///   call wait          is answered by: call serve text
///   call ask text      asks all that; `answered` tells how many did, once two have, or after 5 s
///   call count         how often; kept in the snapshot.  call vote: the same, once it is kept
///   call boom          throws;  call kick id, stop
class lounge : public channel {
 public:
  std::vector<std::string> notes; ///< "away s1", "back s1", "leave s1 lost"

 private:
  void setup() override {
    on<remark>("say", [this](const member& who, const remark& r) -> call_result {
      if (r.text.empty())
        return refuse("say something");
      broadcast("said", r);
      push(who, "echo", r.text);
      return troupe::reply("said");
    });
    on<std::string>("whisper", [this](const member& who, const std::string& event) {
      broadcast(event, payload{}, except(who));
      return done();
    });
    on<int>("tick", [this](const member&, int period) {
      every(std::chrono::milliseconds{period}, [this] { broadcast("tick", now()); });
      return done();
    });
    on<payload>("wait", [this](const member&, const payload&) { return later(waiting_.emplace_back(promise_answer())); });
    on<std::string>("serve", [this](const member&, const std::string& what) {
      for (const auto& one : waiting_)
        one.reply(what);
      return done();
    });
    on<std::string>("ask", [this](const member&, const std::string& what) { return question(what); });
    on<payload>("count", [this](const member&, const payload&) { return troupe::reply(++count_); });
    on<payload>("vote", [this](const member&, const payload&) { return troupe::reply(++count_).after_save(); });
    on<payload>("boom", [](const member&, const payload&) -> call_result { throw std::runtime_error("out of tea"); });
    on<payload>("stop", [this](const member&, const payload&) { return stop("closing time"), done(); });
    on<std::string>("kick", [this](const member&, const std::string& id) {
      kick(*parse_session_id(id), "too loud");
      return done();
    });
  }

  call_result question(const std::string& what) {
    std::vector<session_id> all;
    for (const auto& m : members())
      all.push_back(m.id);
    ask(all, what, {}, {std::chrono::seconds{5}, 2},
        [this](const std::vector<ask_answer>& answers) { broadcast("answered", answers.size()); });
    return done();
  }

  join_result on_join(const member&, const payload& params) override {
    if (!params.is_null())
      return refuse("not you");
    return accept(member_count());
  }
  void on_leave(const member& who, leave_reason why) override {
    notes.push_back("leave " + to_string(who.id) + " " + std::string{to_string(why)});
  }
  void on_away(const member& who) override { notes.push_back("away " + to_string(who.id)); }
  void on_back(const member& who) override { notes.push_back("back " + to_string(who.id)); }
  std::optional<payload> snapshot() override { return payload::of(count_); }
  void on_restore(const payload& last) override { count_ = last.as<int>(); }

  std::deque<promise> waiting_;
  int count_ = 0;
};

} // namespace troupe::testing::test
