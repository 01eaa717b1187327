#pragma once
/// A channel without its actor: shards that write down what they are told, time that is stepped, a store that answers
/// at once or when told to, and an object that does what the test says.

#include "actors/channels/channel_runtime.hpp"
#include "tests/actors/stores/late_store.hpp"

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
  using channel::after;
  using channel::ask;
  using channel::broadcast;
  using channel::busy;
  using channel::cancel;
  using channel::crash;
  using channel::every;
  using channel::find_member;
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
  using channel::save;
  using channel::stop;

 private:
  void note(const std::string& what, const member& who);

  plan& plan_;
};

/// One shard's end of the link.
struct far_end {
  std::uint32_t number = 0;
  std::uint64_t slot = 0;
  command_number last_command = 0;
  batch_number told = 0, taken = 0;   ///< effect batches: heard, and acknowledged
  std::map<command_number, session_id> under_way;
  std::vector<effect> effects;        ///< in the order they came
  std::vector<session_id> completed;  ///< whose commands
  std::vector<std::size_t> batches;   ///< effects in each

  void rename();
  bool acknowledges = true;           ///< with the next batch of commands
  std::size_t read = 0;               ///< effects that `said` has told
  bool may_break = false;             ///< the test lost commands on purpose
  int broken = 0;                     ///< told so
  bool may_be_empty = false;          ///< the test asked for a batch
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

class channel_fixture final : public channel_host {
 public:
  explicit channel_fixture(fixture_settings how = {});
  ~channel_fixture();

  /// Makes the runtime and its object. Again: as if its actor had been started anew.
  void start();

  // -- commands, from a shard -------------------------------------------------

  void send(std::vector<channel_command> commands, std::uint32_t shard = 0);
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
  [[nodiscard]] far_end& at(std::uint32_t shard) { return ends_[shard]; }
  /// How many commands of `who` were completed.
  [[nodiscard]] std::size_t completed(std::uint64_t who, std::uint32_t shard = 0);
  /// Events since the last time: "left s1 lost unheard; failed call x; …"
  std::string announced();
  std::string heard();
  [[nodiscard]] probe& object() { return *now_; }
  [[nodiscard]] int object_count() const { return does.made; }

  // -- time -------------------------------------------------------------------

  void pass(milliseconds time);
  /// Runs what was posted.
  void settle();

  // -- overridden functions of channel_host -----------------------------------

  std::unique_ptr<effect_outlet> outlet() override;
  void post(std::function<void()> later) override { posted_.push_back(std::move(later)); }
  caf::event_based_actor& actor() override { throw std::logic_error("no actor lives here"); }

  config::settings settings;
  const config::name_space rights;
  plan does;
  std::chrono::steady_clock::time_point steady{std::chrono::hours{1}};
  std::chrono::system_clock::time_point system{std::chrono::milliseconds{1'700'000'000'000}};
  std::unique_ptr<late_store> keep;
  std::unique_ptr<channel_parts> parts;
  std::unique_ptr<channel_runtime> runtime;

 private:
  struct recorder final : announcer {
    void announce(node_event what) override { seen.push_back(std::move(what)); }
    std::vector<node_event> seen;
  };
  friend class probe;
  void take(std::uint32_t shard, effect_batch& batch);

  recorder events_;
  probe* now_ = nullptr;
  std::map<std::uint32_t, far_end> ends_;
  std::uint32_t sender_ = 0; ///< whose batch of commands is being handled
  std::vector<std::function<void()>> posted_;
};

[[nodiscard]] inline payload json(std::string text) { return payload::json_text(std::move(text)); }

/// An effect as tests read it.
[[nodiscard]] std::string text_of(const effect& e);

} // namespace troupe::actors::testing
