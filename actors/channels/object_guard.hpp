#pragma once

#include "actors/channels/channel_context.hpp"
#include "actors/channels/channel_parts.hpp"
#include "actors/supervision/restart_intensity.hpp"

#include <cassert>
#include <exception>

namespace troupe::actors {

/// The application's object, and the one place where its exceptions are caught.
///
/// An exception of a handler costs its caller an error, and `on_error` decides whether the object stays. One of
/// `setup` or `on_restore`, or `crash`, replaces the object: the old one is destroyed, a new one is made, set up and
/// given the last snapshot. More than `restart_intensity` within `restart_period` and there is no object any more.
/// Owner: the channel_runtime. Thread: the channel's.
class object_guard {
 public:
  /// What goes with the object: its timers, its questions. Called before it is destroyed.
  using forget = std::function<void()>;
  using last_snapshot = std::function<std::optional<payload>()>;

  object_guard(const channel_parts& parts, troupe::channel::context& where, last_snapshot snapshot, forget with_it);
  ~object_guard();

  // -- life -------------------------------------------------------------------

  /// Makes the object; false if it failed too often.
  bool start();

  /// Replaces the object; false if it failed too often.
  bool restart(const std::string& reason);

  void discard();

  [[nodiscard]] bool alive() const noexcept { return object_ != nullptr; }
  [[nodiscard]] std::uint64_t restarts() const noexcept { return restarts_; }
  [[nodiscard]] const std::string& last_error() const noexcept { return last_error_; }

  // -- running its code -------------------------------------------------------

  /// The object's code is on the stack; `object` is what runs.
  [[nodiscard]] bool running() const noexcept { return running_; }
  [[nodiscard]] troupe::channel& object() noexcept { return *object_; }

  /// Runs `code` with the object; what went wrong, for the caller. Afterwards the object may be another, or gone.
  /// Never from within code that runs so. `reads_payload`: it was given a client's data, and a `payload_error` is about
  /// that.
  template <class F>
  std::optional<failure> run(std::string_view hook, F&& code, bool reads_payload = false) {
    if (!alive())
      return failure{error_code::unavailable, "the channel has failed"};
    assert(!running_);
    try {
      const running_mark mark{*this, hook};
      std::forward<F>(code)(*object_);
      return std::nullopt;
    } catch (const payload_error& e) {
      if (reads_payload)
        return failure{error_code::bad_message, e.what()};
      return failed(hook, std::current_exception());
    } catch (...) {
      return failed(hook, std::current_exception());
    }
  }

 private:
  struct running_mark {
    running_mark(object_guard& of, std::string_view hook) : guard(of), at_work(of.entry_, hook) { guard.running_ = true; }
    ~running_mark() { guard.running_ = false; }
    running_mark(const running_mark&) = delete;
    running_mark& operator=(const running_mark&) = delete;
    object_guard& guard;
    running_handlers::mark at_work;
  };

  bool build();
  failure failed(std::string_view hook, const std::exception_ptr& error);
  [[nodiscard]] bool wants_restart(const std::exception_ptr& error);

  const channel_parts& parts_;
  troupe::channel::context& where_;
  last_snapshot snapshot_;
  forget forget_;
  restart_intensity intensity_;
  std::unique_ptr<troupe::channel> object_;
  bool running_ = false;
  running_handlers::entry entry_;
  std::uint64_t restarts_ = 0;
  unsigned restores_failed_ = 0; // in a row
  std::string last_error_;
};

} // namespace troupe::actors
