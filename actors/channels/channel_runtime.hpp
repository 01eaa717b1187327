#pragma once
/// A live channel without its actor: order, members, history, the application's object, and what is said to whom.
///
/// Everything happens in *turns*: a batch of commands, a tick, an answer of the store. At the end of a turn each link
/// gets at most one batch of effects.
///
///     live --stop--> stopping --all kept and said--> stopped
///       `----too many failures----> failing --all said--> gave_up
///
/// The object's code never runs within itself: what it causes (leaves, answers to its questions, its own end) is put
/// off until its handler has returned.
/// Owner: the channel_actor, or a test. Thread: the channel's. `parts` and `around` outlive it.

#include "actors/channels/asks.hpp"
#include "actors/channels/call_table.hpp"
#include "actors/channels/channel_context.hpp"
#include "actors/channels/channel_host.hpp"
#include "actors/channels/channel_parts.hpp"
#include "actors/channels/channel_timers.hpp"
#include "actors/channels/membership.hpp"
#include "actors/channels/object_guard.hpp"
#include "actors/channels/pending_appends.hpp"
#include "actors/containers/fifo.hpp"
#include "actors/link/channel_end.hpp"
#include "actors/link/presence_changes.hpp"

#include <map>
#include <unordered_map>
#include <utility>

namespace troupe::actors {

class channel_runtime final : public troupe::channel::context, private channel_end_host {
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
  void fail_object(const std::string& reason);
  void stop(leave_reason why, const std::string& reason);
  void close_link(std::uint32_t shard);
  void tick();
  /// Its actor dies before its time: telemetry hears of every member that leaves by that. Last.
  void abandon();

  // -- knowing ----------------------------------------------------------------

  [[nodiscard]] phase now_in() const noexcept { return phase_; }
  [[nodiscard]] bool over() const noexcept { return phase_ == phase::stopped || phase_ == phase::gave_up; }
  /// When `tick` has something to do.
  [[nodiscard]] std::optional<time_point> next_deadline() const;
  [[nodiscard]] channel_description describe() const;
  [[nodiscard]] std::uint64_t ignored_pushes() const noexcept { return ignored_pushes_; }

  // -- overridden functions of channel::context -------------------------------

  void broadcast(std::string event, payload data, delivery to) override;
  void push(session_id to, std::string event, payload data) override;
  void ask(std::span<const session_id> whom, std::string event, payload data, ask_options options,
           std::function<void(const std::vector<ask_answer>&)> then) override;
  void kick(session_id who, std::string reason) override;
  [[nodiscard]] promise promise_answer() override;
  [[nodiscard]] const std::string& name() const override { return parts_.name; }
  [[nodiscard]] std::vector<member> members() const override { return members_.members(); }
  [[nodiscard]] std::size_t member_count() const override { return members_.size(); }
  [[nodiscard]] const member* find_member(session_id id) const override;
  [[nodiscard]] std::vector<publication_ptr> history(std::size_t limit) const override;
  [[nodiscard]] std::int64_t now() const override;
  [[nodiscard]] bool may_publish(const member& who) const override;
  timer_id after(std::chrono::milliseconds delay, std::function<void()> then) override;
  timer_id every(std::chrono::milliseconds period, std::function<void()> then) override;
  void cancel(timer_id id) override { timers_.cancel(id); }
  void save() override;
  void stop(std::string reason) override;
  void crash(std::string reason) override;
  [[nodiscard]] caf::event_based_actor& actor() override { return host_.actor(); }
  [[nodiscard]] std::function<void(const std::function<void()>&)> object_runner() override;

 private:
  // -- a command that is being answered ---------------------------------------

  /// Who asked, and where the answer goes.
  struct asker {
    channel_end_ptr via;
    session_id from;
    protocol::request_id id;
    bool trusted = false;
    command_number number = 0; ///< of `via`
  };
  void done(const asker& who);
  void reply(const asker& who, payload data);
  void refuse(const asker& who, failure why);
  [[nodiscard]] outbound_item reply_item(const asker& who, payload data) const;
  [[nodiscard]] outbound_item error_item(const asker& who, failure why) const;

  /// Runs a handler that answers now or later; `then` gets the result exactly once.
  struct hook {
    std::string name;
    std::chrono::milliseconds timeout;
    std::function<outcome(troupe::channel&)> run;
    bool reads_payload = true;
  };
  void answer(const asker& who, const hook& handler, call_table::continuation then);

  // -- commands (channel_commands.cpp) ----------------------------------------

  void handle(const channel_end_ptr& via, command_number number, channel_command& command);
  void handle(const asker& who, protocol::call& c);
  void handle(const asker& who, protocol::answer& a);
  void handle(const asker& who, keep_position& k);
  template <class Body>
  void turn_down(const asker& who, const Body& what);
  [[nodiscard]] bool allowed(const asker& who, config::permission rule) const;
  void refuse_access(const asker& who, config::permission rule, std::string_view what);
  [[nodiscard]] bool over_call_limit(const asker& who);
  [[nodiscard]] member known(const asker& who) const;

  // -- publishing (channel_publishing.cpp) ------------------------------------

  using kept_or_not = tl::expected<kept, failure>;
  void handle(const asker& who, protocol::publish& p);
  void commit(const asker& who, draft d, std::string key);
  /// Keeps `p` in order; then `answer` says what follows it on `via`, if there is one.
  void keep(publication p, std::string key, const channel_end_ptr& via, std::function<outbound_item(const kept_or_not&)> answer);
  void settle_append(const effect_slot_ptr& slot, const pending_appends::waiting_ptr& append, const kept_or_not& result);
  void say_ephemeral(publication p);
  [[nodiscard]] bool wants_publications(const channel_end& l) const;

  // -- reading back (channel_reading.cpp) -------------------------------------

  struct visible_page {
    std::vector<publication_ptr> items;
    bool last = true;
    std::optional<offset_t> lost_up_to; ///< some after `since` are gone: the rest begins after this
    std::optional<failure> why_not;     ///< the store could not be read
  };
  using visible_reader = std::function<void(visible_page)>;
  void handle(const asker& who, read_on& r);
  void handle(const asker& who, protocol::history& h);
  void handle(const asker& who, protocol::presence& p);
  /// A page after `since` up to `head`, or the newest before `end`, without what is not for `reader`. Empty only if
  /// nothing is left.
  void read_visible(offset_t since, offset_t head, session_id reader, std::size_t items_max, visible_reader then);
  void read_visible_back(offset_t end, session_id reader, std::size_t items_max, visible_reader then);
  [[nodiscard]] page replay_of(visible_page found, offset_t since) const;

  // -- joins and leaves (channel_joins.cpp) -----------------------------------

  struct pending_join;
  using pending_join_ptr = std::shared_ptr<pending_join>;
  void handle(const asker& who, join& j);
  void handle(const asker& who, leave& l);
  void decide(const pending_join_ptr& a, call_table::result verdict);
  void put_off(const pending_join_ptr& a);
  void refuse_join(const pending_join_ptr& a, failure why);
  [[nodiscard]] outbound_item join_refused_item(const asker& who, failure why) const;
  void admit(const pending_join_ptr& a, payload data);
  void find_start(const pending_join_ptr& a, offset_t head, payload data);
  void place_in(const pending_join_ptr& a, offset_t head, protocol::subscribed what, page replay);

  void say_goodbye(const asker& who, const leave& l);
  /// Takes a member out: says `left` where there is somebody to hear it, and calls `on_leave` soon.
  void remove_member(session_id who, leave_reason why, std::optional<protocol::unsubscribed> last_word,
                command_number done = 0);
  void remove_all(leave_reason why, const std::string& reason);
  void hear_leave(const member& who, leave_reason why);
  void hear_next_leave();
  void note_leave(session_id who, leave_reason why, bool heard);
  void announce_leaves();
  [[nodiscard]] protocol::unsubscribed last_word(std::string reason, protocol::request_id id = {}) const;
  bool remove_overflowed();
  /// Null: of a link that was named anew since, or one whose beginning was missed.
  [[nodiscard]] channel_end_ptr link_of(const command_batch& batch);
  void drop_link(const channel_end_ptr& gone);

  // -- turns ------------------------------------------------------------------

  template <class F>
  void turn(F&& body);
  void end_turn();
  void run_deferred();
  void flush_links();
  void say_presence();
  [[nodiscard]] bool snapshot_is_due() const;
  void take_snapshot();
  void keep_snapshot(std::optional<payload> state);
  void begin_stop(leave_reason why, const std::string& reason);
  void finish_if_over();
  void give_up();
  /// Runs the object's code; nobody waits for what comes of it. `reads_payload`: of clients, as for object_guard::run.
  void run_object(const std::string& hook_name, const std::function<void(troupe::channel&)>& code,
                  bool reads_payload = false);
  void defer(std::function<void()> what);
  /// The same, unless the object is replaced before.
  void defer_for_object(std::function<void()> what);
  /// What was said outside a turn goes out soon.
  void wake();
  void run_questions(std::vector<asks::question> over);
  [[nodiscard]] time_point clock() const { return parts_.clock.steady(); }

  /// A callback for the store: runs in a turn, and not at all once this is gone.
  template <class F>
  auto in_turn(F what);

  // -- overridden functions of channel_end_host --------------------------------------

  void read(offset_t since, page_reader then) override;
  [[nodiscard]] const std::string& epoch() const override { return epoch_; }

  const channel_parts& parts_;
  const config::limit_settings& limits_;
  channel_host& host_;
  std::unique_ptr<partition> partition_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);

  phase phase_ = phase::live;
  int depth_ = 0; ///< of turns
  bool woken_ = false;
  std::vector<std::function<void()>> deferred_;

  std::string epoch_;
  pending_appends appends_;
  std::map<std::uint32_t, channel_end_ptr> links_;
  membership members_;
  std::unordered_map<session_id, pending_join_ptr> joining_;
  std::shared_ptr<call_table> calls_ = std::make_shared<call_table>();
  asks asks_;
  channel_timers timers_;
  presence_changes presence_;
  fifo<std::pair<member, leave_reason>> leaves_; ///< that the object is to hear of
  struct leave_note {
    leave_reason why;
    bool heard = true;
    std::vector<session_id> sessions;
  };
  std::vector<leave_note> left_; ///< of this turn, for telemetry

  pending_join_ptr entering_; ///< while its `on_join` runs

  /// While a handler runs that may answer later.
  struct answering {
    session_id caller;
    time_point deadline;
    call_table::continuation then;
    call_table::ticket ticket = 0;
    std::weak_ptr<promise_sink> sink;
  };
  answering* answering_ = nullptr;

  bool handled_ = false; ///< since the last snapshot
  bool has_snapshots_ = false;
  std::optional<time_point> last_snapshot_;

  std::uint64_t publications_ = 0;
  std::uint64_t ignored_pushes_ = 0;

  object_guard object_; // last: it goes first
};

template <class F>
void channel_runtime::turn(F&& body) {
  struct deeper {
    explicit deeper(int& d) : depth(d) { ++depth; }
    ~deeper() { --depth; }
    deeper(const deeper&) = delete;
    deeper& operator=(const deeper&) = delete;
    int& depth;
  };
  const deeper mark{depth_};
  body();
  if (depth_ == 1)
    end_turn();
}

template <class F>
auto channel_runtime::in_turn(F what) {
  return [this, alive = std::weak_ptr{alive_}, what = std::move(what)](auto... result) mutable {
    if (!alive.expired())
      this->turn([&] { what(std::move(result)...); });
  };
}

} // namespace troupe::actors
