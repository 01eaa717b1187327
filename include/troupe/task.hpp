#pragma once

#include <troupe/channel.hpp>

#include <concepts>
#include <coroutine>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

/// Coroutines in channels: code that waits, written in one piece.
///
///     class auction : public troupe::channel {
///       void setup() override {
///         on<int>("sell", [this](const troupe::member& who, int least) -> troupe::task<troupe::call_result> {
///           broadcast("going", least);
///           co_await after(std::chrono::seconds{3});
///           std::vector<troupe::session_id> asked{who.id};
///           auto answers = co_await ask(asked, "sell?", troupe::payload::of(least));
///           if (answers.empty())
///             co_return troupe::refuse("nobody answers");
///           co_return troupe::reply(answers.front().data);
///         });
///       }
///     };
namespace troupe {

class task_run;

/// What a coroutine waits for: made by `channel::after`, `ask`, `history` with no callback, and `troupe::request`.
///
/// Nothing begins before it is awaited: `co_await after(…)`, in the same expression. Thread: the channel's.
/// Ends: with the coroutine, which then never goes on; what was begun ends unheard.
template <class R>
class [[nodiscard]] awaited;

namespace coroutine_parts {

/// What all coroutines of a channel have in common: who runs them, and who waits for them.
struct common_promise {
  struct give_back {
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class P>
    void await_suspend(std::coroutine_handle<P> ended) const noexcept {
      hand_over(ended.promise());
    }
    void await_resume() const noexcept {}
  };

  [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }
  [[nodiscard]] give_back final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { error = std::current_exception(); }

  /// Only what the channel knows how to wake on its own thread is awaited.
  template <class T>
  [[nodiscard]] auto await_transform(task<T>&& child) noexcept;
  template <class R>
  [[nodiscard]] awaited<R>&& await_transform(awaited<R>&& what) noexcept {
    return std::move(what);
  }

  /// The one that waits for this one goes on.
  static void hand_over(const common_promise& ended) noexcept;

  task_run* run = nullptr;
  std::coroutine_handle<> parent; ///< none: it is the first
  std::exception_ptr error;
};

template <class T>
struct promise_of : common_promise {
  [[nodiscard]] task<T> get_return_object() noexcept;
  void return_value(T what) { value.emplace(std::move(what)); }
  [[nodiscard]] T result() {
    if (error)
      std::rethrow_exception(error);
    return *std::move(value);
  }
  std::optional<T> value;
};

template <>
struct promise_of<void> : common_promise {
  [[nodiscard]] task<void> get_return_object() noexcept;
  void return_void() const noexcept {}
  void result() const {
    if (error)
      std::rethrow_exception(error);
  }
};

} // namespace coroutine_parts

/// A coroutine of a channel: what a handler of `channel::on` may return instead of an outcome (`task<call_result>`), what
/// `start` runs beside (`task<>`), and what another one waits for: `auto n = co_await count(who)`, of a `task<int>`.
///
/// It begins when it is awaited or started, runs on the channel's thread only, and between two `co_await`s nobody else
/// does. Its object ends it: when it is replaced, or the channel stops, all that wait are destroyed, newest first, the
/// destructors of their variables with them, and none goes on. Such a destructor may not use the channel's functions.
/// What it throws comes out where it is awaited; out of the first one it is a handler's exception.
/// Parameters live as long as the coroutine if it takes them by value, those of handlers in any case. A lambda with
/// captures must outlive its coroutine: one given to `on` or to `start` does. GCC 12 destroys an aggregate that is made
/// within an expression that awaits twice: give it a name before.
/// A move-only value, of whoever awaits it from then on. Dropped before it began: ended.
template <class T>
class [[nodiscard]] task {
 public:
  using promise_type = coroutine_parts::promise_of<T>;
  using handle = std::coroutine_handle<promise_type>;

  explicit task(handle frame) noexcept : frame_(frame) {}
  task(task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  task& operator=(task&& other) noexcept {
    std::swap(frame_, other.frame_);
    return *this;
  }
  task(const task&) = delete;
  task& operator=(const task&) = delete;
  ~task() {
    if (frame_)
      frame_.destroy();
  }

  // -- used by the library ----------------------------------------------------

  [[nodiscard]] handle frame() const noexcept { return frame_; }

 private:
  handle frame_;
};

/// One coroutine that a channel runs, with those that it waits for. Used by the library.
///
/// Owner: the channel, until it has ended or the object ends; whoever would wake it holds a weak reference.
/// Thread: the channel's.
class task_run : public std::enable_shared_from_this<task_run> {
 public:
  /// `kept` lives until the frame is gone: what the coroutine refers to.
  task_run(channel::context& where, std::shared_ptr<const void> kept) : where_(where), kept_(std::move(kept)) {}
  virtual ~task_run() = default;
  task_run(const task_run&) = delete;
  task_run& operator=(const task_run&) = delete;

  /// Goes on with `frame`, as the object's code, until all wait or the first one is through. Then throws what that threw
  /// if `when_ended` does.
  void go_on(std::coroutine_handle<> frame);
  void begin() { go_on(first()); }
  /// Next within `go_on`: when the present frame waits.
  void then(std::coroutine_handle<> frame) noexcept { next_ = frame; }
  [[nodiscard]] bool has_ended() const noexcept { return first().done(); }
  /// Runs code as that of the object that it belongs to, for others to call.
  [[nodiscard]] std::function<void(const std::function<void()>&)> object_runner() const;

 protected:
  [[nodiscard]] virtual std::coroutine_handle<> first() const noexcept = 0;
  virtual void when_ended() = 0;

 private:
  channel::context& where_;
  std::shared_ptr<const void> kept_;
  std::coroutine_handle<> next_;
};

template <class R>
class [[nodiscard]] awaited {
  using value_type = std::conditional_t<std::is_void_v<R>, std::monostate, R>;
  struct waiting {
    std::weak_ptr<task_run> run;
    std::coroutine_handle<> frame;
    bool suspended = false;
    std::optional<value_type> value;
    std::exception_ptr error;
  };

 public:
  /// Where the result is given, once, by the object's code. A value; nothing happens once the coroutine is gone.
  class receiver {
   public:
    explicit receiver(std::shared_ptr<waiting> state) : state_(std::move(state)) {}
    void give(value_type value) const {
      state_->value.emplace(std::move(value));
      wake();
    }
    void fail(std::exception_ptr why) const {
      state_->error = std::move(why);
      wake();
    }
    /// For what is called from outside of the object's code: wraps it so that it is.
    [[nodiscard]] std::function<void(const std::function<void()>&)> object_runner() const {
      const auto run = state_->run.lock();
      return run ? run->object_runner() : [](const std::function<void()>&) {};
    }

   private:
    void wake() const {
      if (const auto run = state_->run.lock(); run && std::exchange(state_->suspended, false))
        run->go_on(state_->frame);
    }
    std::shared_ptr<waiting> state_;
  };

  /// `begin` is called when it is awaited; what it throws is thrown there.
  explicit awaited(std::function<void(const receiver&)> begin) : begin_(std::move(begin)) {}
  awaited(awaited&&) = default;
  awaited& operator=(awaited&&) = default;
  ~awaited() = default;

  // -- used by co_await -------------------------------------------------------

  [[nodiscard]] bool await_ready() const noexcept { return false; }
  /// False: the result is there already, and the coroutine goes on at once.
  template <class P>
  [[nodiscard]] bool await_suspend(std::coroutine_handle<P> frame) {
    const auto state = state_ = std::make_shared<waiting>();
    state->run = frame.promise().run->weak_from_this();
    state->frame = frame;
    try {
      begin_(receiver{state});
    } catch (...) {
      state->error = std::current_exception();
    }
    return state->suspended = !state->value && !state->error;
  }
  R await_resume() {
    if (state_->error)
      std::rethrow_exception(state_->error);
    if constexpr (!std::is_void_v<R>)
      return *std::move(state_->value);
  }

 private:
  std::function<void(const receiver&)> begin_;
  std::shared_ptr<waiting> state_;
};

// -- how one waits for another ------------------------------------------------

namespace coroutine_parts {

/// Awaits a child, which the run begins once its parent waits: however many follow each other, none lies on another. The
/// child is its own: nobody else can end it while it waits, and whoever wakes it finds it.
template <class T>
struct child_awaiter {
  explicit child_awaiter(task<T>&& what) noexcept : child(std::move(what)) {}
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  template <class P>
  void await_suspend(std::coroutine_handle<P> parent) const noexcept {
    child.frame().promise().run = parent.promise().run;
    child.frame().promise().parent = parent;
    parent.promise().run->then(child.frame());
  }
  T await_resume() const { return child.frame().promise().result(); }
  task<T> child;
};

template <class T>
auto common_promise::await_transform(task<T>&& child) noexcept {
  return child_awaiter<T>{std::move(child)};
}

inline void common_promise::hand_over(const common_promise& ended) noexcept { ended.run->then(ended.parent); }

template <class T>
task<T> promise_of<T>::get_return_object() noexcept {
  return task<T>{std::coroutine_handle<promise_of>::from_promise(*this)};
}

inline task<void> promise_of<void>::get_return_object() noexcept {
  return task<void>{std::coroutine_handle<promise_of>::from_promise(*this)};
}

} // namespace coroutine_parts

// -- of channel ---------------------------------------------------------------

template <class F>
  requires std::same_as<std::invoke_result_t<const F&>, task<void>>
void channel::start(F make) {
  const auto kept = std::make_shared<const F>(std::move(make));
  start_keeping((*kept)(), kept);
}

/// A coroutine of a lambda reads its captures where the lambda lies: it stays in `handlers_`, as long as the object.
template <class T, class F>
void channel::on_with_task(std::string event, F handler) {
  struct call {
    member who;
    T data;
  };
  constexpr bool reads_payload = std::same_as<T, payload>;
  add_handler(std::move(event),
              {[this, handler = std::move(handler)](const member& who, const payload& data) -> call_result {
                 std::shared_ptr<call> given;
                 try {
                   if constexpr (reads_payload)
                     given = std::make_shared<call>(call{who, data});
                   else
                     given = std::make_shared<call>(call{who, data.template as<T>()});
                 } catch (const payload_error& wrong) {
                   return refuse(error_code::bad_message, wrong.what());
                 }
                 return answer_keeping(handler(std::as_const(given->who), std::move(given->data)), given, reads_payload);
               },
               reads_payload});
}

} // namespace troupe
