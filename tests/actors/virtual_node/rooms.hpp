#pragma once
/// Channels that tests put into a node: they do what a client asks, and note what they hear.

#include <troupe/channel.hpp>

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace troupe::actors::testing {

/// What all objects of a test's channel share, whichever is alive.
struct diary {
  int made = 0;
  std::vector<std::string> joins, leaves; ///< "s4", "s4 left"
  std::vector<std::string> restored;
  after_error verdict = after_error::keep;
  bool setup_throws = false;
};

/// `room:*` of the virtual node:
///   call say {text}     broadcasts `said`
///   call both {}        pushes `hint` to the caller, broadcasts `told`, replies
///   call whisper {text} broadcasts `said` to all but the caller
///   call alone {who}    broadcasts `said` to that session alone
///   call typing {}      broadcasts `typing`, ephemerally
///   call count {}       adds one to what survives a crash, and replies with it
///   call boom {}        throws;  call crash {}: fails the object;  call later {}: never answers
///   call stop {}        stops the channel;  call kick {who};  call flood {n}: pushes n KB to the caller
///   call work {ms}      is busy for so long
class test_room : public channel {
 public:
  explicit test_room(std::shared_ptr<diary> d) : diary_(std::move(d)) { ++diary_->made; }

  void setup() override {
    if (diary_->setup_throws)
      throw std::runtime_error("setup was told to fail");
    on<payload>("say", [this](const member&, const payload& p) { return broadcast("said", p), done(); });
    on<payload>("both", [this](const member& who, const payload&) {
      push(who, "hint", payload::json_text("1"));
      broadcast("told", payload::json_text("2"));
      return reply(payload::json_text("3"));
    });
    on<payload>("whisper", [this](const member& who, const payload& p) { return broadcast("said", p, except(who)), done(); });
    on<std::string>("alone", [this](const member&, const std::string& who) {
      broadcast("said", who, only({*parse_session_id(who)}));
      return done();
    });
    on<payload>("typing", [this](const member&, const payload& p) { return broadcast("typing", p, ephemeral()), done(); });
    on<payload>("count", [this](const member&, const payload&) {
      ++count_;
      save();
      return reply(payload::json_text(std::to_string(count_)));
    });
    on<payload>("boom", [](const member&, const payload&) -> call_result { throw std::runtime_error("boom"); });
    on<payload>("crash", [this](const member&, const payload&) { return crash("told to"), done(); });
    on<payload>("later", [this](const member&, const payload&) { return later(kept_.emplace_back(promise_answer())); });
    on<payload>("stop", [this](const member&, const payload&) { return stop("told to"), done(); });
    on<int>("flood", [this](const member& who, const int& kilobytes) {
      for (int i = 0; i < kilobytes; ++i)
        push(who, "drop", std::string(1000, 'x'));
      return done();
    });
    on<int>("work", [this](const member&, const int& time) {
      after(std::chrono::milliseconds{time}, [guard = busy()] {});
      return done();
    });
    on<std::string>("kick", [this](const member&, const std::string& who) {
      kick(*parse_session_id(who), "out");
      return done();
    });
  }

  join_result on_join(const member& who, const payload& params) override {
    if (!params.is_null() && params.json() == "\"no\"")
      return refuse("not you");
    diary_->joins.push_back(to_string(who.id));
    return accept(params);
  }

  void on_leave(const member& who, leave_reason why) override {
    diary_->leaves.push_back(to_string(who.id) + " " + std::string{to_string(why)});
  }

  publish_result on_publish(const member&, draft&) override { return done(); }
  after_error on_error(std::exception_ptr) override { return diary_->verdict; }
  std::optional<payload> snapshot() override { return payload::json_text(std::to_string(count_)); }
  void on_restore(const payload& state) override {
    diary_->restored.emplace_back(state.json());
    count_ = state.as<int>();
  }

 private:
  std::shared_ptr<diary> diary_;
  std::vector<promise> kept_;
  int count_ = 0;
};

} // namespace troupe::actors::testing
