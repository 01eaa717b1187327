// Coroutines of a channel: what <troupe/task.hpp> does not do in its templates, and troupe::channel's side of it.

#include "actors/channels/channel_context.hpp"

#include <stdexcept>
#include <utility>

namespace troupe {

// -- task_run -----------------------------------------------------------------

/// One after the other from here, so that a coroutine that never waits for long does not grow the stack.
void task_run::go_on(std::coroutine_handle<> frame) {
  const auto self = shared_from_this();
  for (next_ = frame; next_;)
    std::exchange(next_, std::coroutine_handle<>{}).resume();
  if (!has_ended())
    return;
  where_.drop_task(*this);
  when_ended();
}

std::function<void(const std::function<void()>&)> task_run::object_runner() const { return where_.object_runner(); }

namespace {

// -- one that answers ---------------------------------------------------------

class answering_run final : public task_run {
 public:
  answering_run(channel::context& where, std::shared_ptr<const void> kept, task<outcome> what, bool reads_payload)
      : task_run(where, std::move(kept)), saved_by_(where), what_(std::move(what)), reads_payload_(reads_payload) {}

  void answer_to(promise whom) { whom_.emplace(std::move(whom)); }
  [[nodiscard]] outcome result() { return what_.frame().promise().result(); }

 private:
  [[nodiscard]] std::coroutine_handle<> first() const noexcept override { return what_.frame(); }

  /// Nobody waits yet: whoever began it takes the result.
  void when_ended() override {
    if (!whom_)
      return;
    try {
      answer(result());
    } catch (const payload_error& wrong) {
      if (reads_payload_)
        return whom_->refuse(error_code::bad_message, wrong.what());
      fail();
      throw;
    } catch (...) {
      fail();
      throw;
    }
  }

  void fail() const { whom_->refuse(error_code::internal, "the channel failed to handle this"); }

  void answer(const outcome& what) const {
    if (const auto* why = what.why_not())
      return whom_->refuse(why->code, why->message);
    if (const auto* data = what.data(); data && what.waits_for_save())
      saved_by_.when_saved([whom = *whom_, data = *data](const std::optional<failure>& why_not) {
        why_not ? whom.refuse(why_not->code, why_not->message) : whom.reply(data);
      });
    else if (data)
      whom_->reply(*data);
  }

  channel::context& saved_by_;
  task<outcome> what_;
  std::optional<promise> whom_;
  bool reads_payload_;
};

// -- one that runs beside -----------------------------------------------------

class beside_run final : public task_run {
 public:
  beside_run(channel::context& where, std::shared_ptr<const void> kept, task<void> what)
      : task_run(where, std::move(kept)), what_(std::move(what)) {}

 private:
  [[nodiscard]] std::coroutine_handle<> first() const noexcept override { return what_.frame(); }
  void when_ended() override { what_.frame().promise().result(); }

  task<void> what_;
};

} // namespace

// -- channel ------------------------------------------------------------------

outcome channel::answer_with(task<outcome> what) { return answer_keeping(std::move(what), nullptr, false); }

outcome channel::answer_keeping(task<outcome> what, std::shared_ptr<const void> kept, bool reads_payload) {
  const auto frame = what.frame();
  const auto run = std::make_shared<answering_run>(*context_, std::move(kept), std::move(what), reads_payload);
  frame.promise().run = run.get();
  if (!context_->keep_task(run, true))
    return refuse(error_code::busy, "too much is under way in " + name() + ": try again");
  run->begin();
  if (run->has_ended())
    return run->result();
  try {
    const auto promised = promise_answer();
    run->answer_to(promised);
    return later(promised);
  } catch (...) {
    context_->drop_task(*run);
    throw;
  }
}

void channel::start(task<void> what) { start_keeping(std::move(what), nullptr); }

void channel::start_keeping(task<void> what, std::shared_ptr<const void> kept) {
  const auto frame = what.frame();
  const auto run = std::make_shared<beside_run>(*context_, std::move(kept), std::move(what));
  frame.promise().run = run.get();
  if (!context_->keep_task(run, false))
    throw std::length_error("a channel has at most limits.tasks_per_channel coroutines");
  context_->begin_task(run);
}

// -- what they wait for -------------------------------------------------------

awaited<void> channel::after(std::chrono::milliseconds delay) {
  return awaited<void>{[this, delay](const awaited<void>::receiver& then) {
    context_->after(delay, [then] { then.give({}); });
  }};
}

awaited<std::vector<ask_answer>> channel::ask(std::span<const session_id> whom, std::string event, payload data,
                                              ask_options options) {
  using answers = awaited<std::vector<ask_answer>>;
  return answers{[this, to = std::vector(whom.begin(), whom.end()), event = std::move(event), data = std::move(data),
                  options](const answers::receiver& then) {
    context_->ask(to, event, data, options, [then](const std::vector<ask_answer>& got) { then.give(got); });
  }};
}

awaited<std::vector<publication_ptr>> channel::history(std::size_t limit) {
  using items = awaited<std::vector<publication_ptr>>;
  return items{[this, limit](const items::receiver& then) {
    context_->history({}, limit, [then](const std::vector<publication_ptr>& got) { then.give(got); });
  }};
}

} // namespace troupe
