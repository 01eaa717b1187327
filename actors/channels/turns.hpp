#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace troupe::actors {

/// What happens at the end of a turn, and how another is had.
class turn_host {
 public:
  virtual void end_turn() = 0;
  /// Runs `later` on the channel's thread, after the present handler.
  virtual void post(std::function<void()> later) = 0;

 protected:
  ~turn_host() = default;
};

/// The turns of a channel: everything happens in one, and at its end everything that was said goes out. What may not
/// run within the code that causes it is put off until that has returned.
/// Owner: the channel_runtime. Thread: the channel's.
class turns {
 public:
  using action = std::function<void()>;

  explicit turns(turn_host& host) : host_(host) {}

  /// Runs `body` in a turn: its own, or the one that is under way.
  template <class F>
  void run(F&& body) {
    const deeper mark{depth_};
    std::forward<F>(body)();
    if (depth_ == 1)
      host_.end_turn();
  }

  /// `what` as a callback for others: runs in a turn, and not at all once the channel is gone.
  template <class F>
  [[nodiscard]] auto callback(F what) {
    return [this, alive = std::weak_ptr{alive_}, what = std::move(what)](auto... result) mutable {
      if (!alive.expired())
        this->run([&] { what(std::move(result)...); });
    };
  }

  /// Soon, in this turn, or one that begins for it.
  void defer(action what) {
    deferred_.push_back(std::move(what));
    wake();
  }
  [[nodiscard]] bool has_deferred() const noexcept { return !deferred_.empty(); }
  [[nodiscard]] std::vector<action> take_deferred() { return std::exchange(deferred_, {}); }

  /// In a turn of its own, after what waits for the channel already.
  void in_next_turn(action what) { host_.post(callback(std::move(what))); }

  /// What was said outside of a turn goes out soon.
  void wake() {
    if (depth_ > 0 || std::exchange(woken_, true))
      return;
    host_.post([this, alive = std::weak_ptr{alive_}] {
      if (alive.expired())
        return;
      woken_ = false;
      run([] {});
    });
  }

  /// The channel goes: nothing that was handed out is called any more.
  void end() { alive_.reset(); }

  /// Expires with the channel.
  [[nodiscard]] std::weak_ptr<const char> alive() const { return alive_; }

 private:
  struct deeper {
    explicit deeper(int& d) : depth(d) { ++depth; }
    ~deeper() { --depth; }
    deeper(const deeper&) = delete;
    deeper& operator=(const deeper&) = delete;
    int& depth;
  };

  turn_host& host_;
  std::shared_ptr<const char> alive_ = std::make_shared<const char>();
  int depth_ = 0;
  bool woken_ = false;
  std::vector<action> deferred_;
};

} // namespace troupe::actors
