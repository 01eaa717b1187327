#pragma once

#include "actors/channels/answers.hpp"
#include "actors/channels/asker.hpp"
#include "actors/channels/asks.hpp"
#include "actors/channels/channel_context.hpp"
#include "actors/channels/channel_host.hpp"
#include "actors/channels/channel_parts.hpp"
#include "actors/channels/channel_timers.hpp"
#include "actors/channels/groups.hpp"
#include "actors/channels/joins.hpp"
#include "actors/channels/keyed_calls.hpp"
#include "actors/channels/leaves.hpp"
#include "actors/channels/link_table.hpp"
#include "actors/channels/membership.hpp"
#include "actors/channels/object_guard.hpp"
#include "actors/channels/presence_feed.hpp"
#include "actors/channels/publication_stream.hpp"
#include "actors/channels/snapshots.hpp"
#include "actors/channels/task_table.hpp"
#include "actors/channels/turns.hpp"
#include "actors/channels/visible_pages.hpp"

#include <set>
#include <utility>

namespace troupe::actors {

/// A live channel without its actor: wires the parts that a channel is made of, which each have a file of their own.
///
/// Everything happens in *turns*: a batch of commands, a tick, an answer of the store. At the end of a turn each link
/// gets at most one batch of effects.
///
///     live --stop--> stopping --all kept and said--> stopped
///       `----too many failures----> failing --all said--> gave_up
///
/// The object's code never runs within itself: what it causes (leaves, answers to its questions, its own end) is put
/// off until its handler has returned.
/// Owner: the channel_actor, or a test. Thread: the channel's. `parts` and `host` outlive it.
class channel_runtime final : public troupe::channel::context,
                              private channel_end_host,
                              private turn_host,
                              private join_host {
 public:
  using time_point = channel_clock::steady_time;
  using timer_id = troupe::channel::timer_id;
  enum class phase : std::uint8_t { live, stopping, failing, stopped, gave_up };

  channel_runtime(const channel_parts& parts, std::unique_ptr<partition> kept, channel_host& host);
  ~channel_runtime() override;
  channel_runtime(const channel_runtime&) = delete;
  channel_runtime& operator=(const channel_runtime&) = delete;

  // -- turns ------------------------------------------------------------------

  /// Makes the application's object. Once, first.
  void begin();
  void handle(command_batch& batch);
  /// Replaces the object; false if it has none after that.
  bool fail_object(const std::string& reason);
  void stop(leave_reason why, const std::string& reason);
  /// Stops it for being idle; false if the object is busy.
  bool retire();
  void close_link(std::uint32_t shard);
  void tick();
  /// Who may do what from now on; how much history is kept is asked when a channel starts. `changed` outlives us.
  void reload(const config::settings& changed);
  /// Work that was posted, or came from the store, in one turn: however many answers are in it, what they cause goes out
  /// once.
  void run(const std::function<void()>& work) { turns_.run(work); }
  /// Its actor dies before its time: telemetry hears of every member that leaves by that. Last.
  void abandon();

  // -- knowing ----------------------------------------------------------------

  [[nodiscard]] phase now_in() const noexcept { return phase_; }
  [[nodiscard]] bool over() const noexcept { return phase_ == phase::stopped || phase_ == phase::gave_up; }
  /// When `tick` has something to do.
  [[nodiscard]] std::optional<time_point> next_deadline() const;
  [[nodiscard]] channel_description describe() const;

  // -- overridden functions of channel::context -------------------------------

  void broadcast(std::string event, payload data, delivery to) override;
  bool push(session_id to, std::string event, payload data) override;
  void ask(std::span<const session_id> whom, std::string event, payload data, ask_options options,
           std::function<void(const std::vector<ask_answer>&)> then) override;
  void kick(session_id who, std::string reason) override;
  [[nodiscard]] promise promise_answer() override { return answers_.promise_of_running(); }
  bool add_to_group(session_id who, const std::string& group) override;
  void remove_from_group(session_id who, const std::string& group) override { groups_.remove(who, group); }
  [[nodiscard]] std::vector<session_id> sessions_in(const std::string& group) const override {
    return groups_.sessions_in(group);
  }
  [[nodiscard]] std::vector<std::string> groups_of(session_id who) const override { return groups_.groups_of(who); }
  [[nodiscard]] const std::string& name() const override { return parts_.name; }
  [[nodiscard]] std::vector<member> members() override;
  [[nodiscard]] std::size_t member_count() const override { return members_.size(); }
  [[nodiscard]] const member* find_member(session_id id) const override;
  void history(history_filter which, std::size_t limit,
               std::function<void(const std::vector<publication_ptr>&)> then) override;
  [[nodiscard]] std::int64_t now() const override;
  [[nodiscard]] bool may_publish(const member& who) const override;
  timer_id after(std::chrono::milliseconds delay, std::function<void()> then) override;
  timer_id every(std::chrono::milliseconds period, std::function<void()> then) override;
  void cancel(timer_id id) override { timers_.cancel(id); }
  save_result save() override { return snapshots_.save(); }
  [[nodiscard]] busy_guard busy() override;
  void stop(std::string reason) override;
  void crash(std::string reason) override;
  [[nodiscard]] caf::event_based_actor& actor() override { return host_.actor(); }
  [[nodiscard]] std::function<void(const std::function<void()>&)> object_runner() override;
  [[nodiscard]] bool keep_task(std::shared_ptr<task_run> run, bool answers) override;
  void begin_task(std::weak_ptr<task_run> run) override;
  void drop_task(const task_run& run) override { tasks_.drop(run); }
  void when_saved(std::function<void(const std::optional<failure>&)> then) override;

 private:
  // -- commands (channel_commands.cpp) ----------------------------------------

  void handle(const channel_end_ptr& via, command_number number, channel_command& command);
  void handle(const asker& who, protocol::call& c);
  void call_with_key(const asker& who, const protocol::call& c, const append_key& key);
  [[nodiscard]] const troupe::channel::call_handler* handler_of(const asker& who, const protocol::call& c);
  void answer(const asker& who, answers::result what);
  [[nodiscard]] outbound_item answer_to(const asker& who, answers::result what) const;
  void handle(const asker& who, protocol::answer& a);
  void handle(const asker& who, keep_position& k);
  template <class Body>
  void turn_down(const asker& who, const Body& what);
  void say(const asker& who, outbound_item item);
  void refuse(const asker& who, failure why) { say(who, who.error(std::move(why), parts_.name)); }
  [[nodiscard]] bool allowed(const asker& who, config::permission rule) const;
  void refuse_access(const asker& who, config::permission rule, std::string_view what);
  [[nodiscard]] bool over_call_limit(const asker& who);
  [[nodiscard]] member known(const asker& who) const;

  // -- publishing (channel_publishing.cpp) ------------------------------------

  void handle(const asker& who, protocol::publish& p);
  void ask_to_publish(const asker& who, draft d, const append_key& key);
  void decide(const asker& who, draft& d, const append_key& key, answers::result verdict);
  void commit(const asker& who, draft d, append_key key);
  void handle(const asker& who, push_to& p);
  void keep_unasked(const asker& who, publication p);
  [[nodiscard]] append_key key_of(const asker& who, std::string text, std::string call = {}) const;

  // -- reading back (channel_reading.cpp) -------------------------------------

  void handle(const asker& who, read_on& r);
  void handle(const asker& who, protocol::history& h);
  void handle(const asker& who, protocol::presence& p);
  void handle(const asker& who, const tell_presence& t);

  // -- members and links (channel_members.cpp) --------------------------------

  void handle(const asker& who, join& j);
  void handle(const asker& who, leave& l);
  void handle(const asker& who, const whereabouts& w);
  std::optional<protocol::presence_change> admit(const asker& who, join& what, payload about, bool turned) override;
  void turned_away(session_id who) override;
  void say_goodbye(const asker& who, const leave& l);
  /// Takes a member out: says `left` where there is somebody to hear it, and calls `on_leave` soon.
  void remove_member(session_id who, leave_reason why, std::optional<protocol::unsubscribed> last_word,
                     command_number done = 0);
  void remove_all(leave_reason why, const std::string& reason);
  bool remove_overflowed();
  void hear_first_join(const member& who);
  void hear_turn(const member& who);
  void hear_next_leave();
  [[nodiscard]] protocol::unsubscribed last_word(std::string reason, protocol::request_id id = {}) const;
  void drop_link(channel_end& gone);

  // -- what the object says (channel_speaking.cpp) ----------------------------

  void say_to_all(publication p, bool ephemeral);
  void say_after_save(publication p, bool ephemeral);
  void not_said(const failure& why);

  // -- turns (channel_runtime.cpp) --------------------------------------------

  void end_turn() override;
  void post(std::function<void()> later) override { host_.post(std::move(later)); }
  void run_deferred();
  void run_timers();
  void forget_object();
  void begin_stop(leave_reason why, const std::string& reason);
  void finish_if_over();
  void give_up();
  /// Runs the object's code; nobody waits for what comes of it. `reads_payload`: of clients, as for object_guard::run.
  void run_object(std::string_view hook_name, const std::function<void(troupe::channel&)>& code,
                  bool reads_payload = false);
  /// Put off, and dropped if the object is replaced before.
  void defer_for_object(std::function<void()> what);
  void run_questions(std::vector<asks::question> over);
  void check_timers() const;
  [[nodiscard]] time_point clock() const { return parts_.clock.steady(); }

  // -- overridden functions of channel_end_host --------------------------------------

  void read(offset_t since, page_reader then) override;
  [[nodiscard]] const std::string& epoch() const override { return stream_.epoch(); }
  [[nodiscard]] time_point caused() const override { return cause_ != time_point{} ? cause_ : clock(); }

  [[nodiscard]] const config::name_space& rules() const noexcept { return *rules_; }

  const channel_parts& parts_;
  const config::name_space* rules_;
  const config::limit_settings& limits_;
  channel_host& host_;
  std::unique_ptr<partition> partition_;
  phase phase_ = phase::live;
  time_point cause_{}; ///< of the commands that are being handled; none: the channel acts by itself

  turns turns_;
  link_table links_;
  publication_stream stream_;
  visible_pages pages_;
  membership members_;
  groups groups_;
  presence_feed presence_;
  leaves leaves_;
  asks asks_;
  channel_timers timers_;
  task_table tasks_;
  std::set<append_key> deciding_;  ///< of publications that the object has not decided, or the store not kept
  std::weak_ptr<const char> busy_; ///< held by the object's guards

  object_guard object_;
  snapshots snapshots_;
  answers answers_;
  keyed_calls keyed_calls_;
  joins joins_;
};

} // namespace troupe::actors
