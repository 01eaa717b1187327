#pragma once
/// A channel without its actor: shards that write down what they are told, time that is stepped, a store that answers
/// at once or when told to, and an object that does what the test says.

#include "testing/channel/stepped_channel.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace troupe::actors::testing {

using std::chrono::milliseconds;

class probe;

/// Data of a typed call.
struct move_to {
  int x = 0;
  TROUPE_FIELDS(x)
};

/// What the objects of one test do; they come and go, this stays.
struct plan {
  std::function<void(probe&)> setup;
  std::function<join_result(probe&, const member&, const payload&)> join;
  std::function<publish_result(probe&, const member&, draft&)> publish;
  std::function<void(probe&, const member&, leave_reason)> leave;
  std::function<void(probe&, const member&)> turned; ///< away, or back
  std::function<void(probe&, const member&)> first_join;
  std::map<std::string, std::function<call_result(probe&, const member&, const payload&)>> calls;
  std::function<after_error()> on_error;
  std::function<std::optional<payload>()> snapshot;
  std::function<void(probe&, const payload&)> restore;
  std::function<void(probe&, const failure&)> not_saved;
  std::vector<std::string> heard; ///< "join s1", "away s1", "leave s1 left", in order
  int made = 0;
};

class probe final : public troupe::channel {
 public:
  explicit probe(plan& p) : plan_(p) { ++plan_.made; }

  void setup() override;
  join_result on_join(const member& who, const payload& params) override;
  publish_result on_publish(const member& who, draft& d) override;
  void on_leave(const member& who, leave_reason why) override;
  void on_away(const member& who) override { note("away", who); }
  void on_back(const member& who) override { note("back", who); }
  void on_first_join(const member& who) override {
    note("first of " + who.user, who);
    if (plan_.first_join)
      plan_.first_join(*this, who);
  }
  void on_last_leave(const member& who, leave_reason) override { note("last of " + who.user, who); }
  after_error on_error(std::exception_ptr error) override;
  std::optional<payload> snapshot() override { return plan_.snapshot ? plan_.snapshot() : std::nullopt; }
  void on_save_failed(const failure& why) override {
    plan_.heard.push_back("not saved " + why.message);
    if (plan_.not_saved)
      plan_.not_saved(*this, why);
  }
  void on_restore(const payload& state) override {
    if (plan_.restore)
      plan_.restore(*this, state);
  }

  using channel::actor;
  using channel::add_to_group;
  using channel::after;
  using channel::ask;
  using channel::broadcast;
  using channel::busy;
  using channel::cancel;
  using channel::crash;
  using channel::every;
  using channel::find_member;
  using channel::groups_of;
  using channel::guarded;
  using channel::history;
  using channel::kick;
  using channel::member_count;
  using channel::members;
  using channel::name;
  using channel::now;
  using channel::on;
  using channel::promise_answer;
  using channel::push;
  using channel::remove_from_group;
  using channel::save;
  using channel::sessions_in;
  using channel::stop;

 private:
  void note(const std::string& what, const member& who);

  plan& plan_;
};

/// Changes of presence are told with the turn that brings them.
[[nodiscard]] inline config::settings told_at_once() {
  config::settings s;
  s.channels.presence_interval = {};
  return s;
}

struct fixture_settings {
  bool late = false;
  config::settings settings = told_at_once();
  config::name_space rights{};
};

class channel_fixture final : public stepped_channel {
 public:
  explicit channel_fixture(fixture_settings how = {});
  ~channel_fixture();

  // -- commands, from a shard -------------------------------------------------

  void join(std::uint64_t who, actors::join how = {}, std::uint32_t shard = 0, protocol::request_id id = std::int64_t{1});
  void leave(std::uint64_t who, leave_reason why = leave_reason::left, std::uint32_t shard = 0);
  void publish(std::uint64_t who, const std::string& data, std::uint32_t shard = 0);
  void call(std::uint64_t who, const std::string& name, payload data = {}, std::uint32_t shard = 0);
  static channel_command command(std::uint64_t who, decltype(channel_command::body) body,
                                 protocol::request_id id = std::int64_t{1}, bool trusted = false);
  static protocol::publish publication(const std::string& data);
  [[nodiscard]] actors::join since(offset_t offset) const;

  // -- what was said ----------------------------------------------------------

  /// What `shard` was told since the last time, one item after the other: "s1 in 0; +1 x; s1 left left".
  std::string said(std::uint32_t shard = 0);
  /// How many commands of `who` were completed.
  [[nodiscard]] std::size_t completed(std::uint64_t who, std::uint32_t shard = 0);
  /// Events since the last time: "left s1 lost unheard; failed call x; …"
  std::string announced();
  std::string heard();
  [[nodiscard]] probe& object() { return *now_; }
  [[nodiscard]] int object_count() const { return does.made; }

  plan does;

 private:
  friend class probe;
  probe* now_ = nullptr;
};

[[nodiscard]] inline payload json(std::string text) { return payload::json_text(std::move(text)); }

/// An effect as tests read it.
[[nodiscard]] std::string text_of(const effect& e);

} // namespace troupe::actors::testing
