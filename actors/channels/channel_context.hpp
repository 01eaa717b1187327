#pragma once

#include <troupe/channel.hpp>
#include <troupe/task.hpp>

namespace troupe {

/// What a channel object runs in: the far side of `troupe::channel`'s protected functions.
///
/// Implemented by `channel_runtime`, and by whoever tests a channel object alone.
/// Thread: the channel's. Owner: outlives the object it is bound to.
class channel::context {
 public:
  virtual ~context() = default;

  // -- speaking ---------------------------------------------------------------

  virtual void broadcast(std::string event, payload data, delivery to) = 0;
  virtual bool push(session_id to, std::string event, payload data) = 0;
  virtual void ask(std::span<const session_id> whom, std::string event, payload data, ask_options options,
                   std::function<void(const std::vector<ask_answer>&)> then) = 0;
  virtual void kick(session_id who, std::string reason) = 0;
  [[nodiscard]] virtual promise promise_answer() = 0;

  // -- groups -----------------------------------------------------------------

  virtual bool add_to_group(session_id who, const std::string& group) = 0;
  virtual void remove_from_group(session_id who, const std::string& group) = 0;
  [[nodiscard]] virtual std::vector<session_id> sessions_in(const std::string& group) const = 0;
  [[nodiscard]] virtual std::vector<std::string> groups_of(session_id who) const = 0;

  // -- knowing ----------------------------------------------------------------

  [[nodiscard]] virtual const std::string& name() const = 0;
  [[nodiscard]] virtual std::vector<member> members() = 0;
  [[nodiscard]] virtual std::size_t member_count() const = 0;
  [[nodiscard]] virtual const member* find_member(session_id id) const = 0;
  virtual void history(history_filter which, std::size_t limit,
                       std::function<void(const std::vector<publication_ptr>&)> then) = 0;
  [[nodiscard]] virtual std::int64_t now() const = 0;
  /// Whether the namespace lets `who` publish; what `on_publish` decides by default.
  [[nodiscard]] virtual bool may_publish(const member& who) const = 0;

  // -- acting -----------------------------------------------------------------

  virtual timer_id after(std::chrono::milliseconds delay, std::function<void()> then) = 0;
  virtual timer_id every(std::chrono::milliseconds period, std::function<void()> then) = 0;
  virtual void cancel(timer_id id) = 0;
  virtual save_result save() = 0;
  [[nodiscard]] virtual busy_guard busy() = 0;
  virtual void stop(std::string reason) = 0;
  virtual void crash(std::string reason) = 0;
  [[nodiscard]] virtual caf::event_based_actor& actor() = 0;
  /// Runs code as that of the object that is there now; once it was replaced, nothing.
  [[nodiscard]] virtual std::function<void(const std::function<void()>&)> object_runner() = 0;

  // -- coroutines -------------------------------------------------------------

  /// Keeps it until it is dropped, or the object ends; false past the limit. A channel that stops keeps none.
  /// `answers`: it is what the handler that runs owes its caller.
  [[nodiscard]] virtual bool keep_task(std::shared_ptr<task_run> run, bool answers) = 0;
  /// After the present handler, as the object's code, unless it has ended by then.
  virtual void begin_task(std::weak_ptr<task_run> run) = 0;
  virtual void drop_task(const task_run& run) = 0;
  /// Once what the present turn did is kept, or why not.
  virtual void when_saved(std::function<void(const std::optional<failure>&)> then) = 0;
};

} // namespace troupe
