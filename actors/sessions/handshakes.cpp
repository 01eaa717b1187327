#include "actors/sessions/handshakes.hpp"

#include "actors/sessions/shard.hpp"
#include "protocol/names.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>

namespace troupe::actors {

namespace {

constexpr int asked_per_turn = 16;

} // namespace

// -- promises -----------------------------------------------------------------

/// The way from any thread to the shard's, which may be gone by then.
/// Owner: the shard and all promises. Thread: any.
class handshakes::mailbox {
 public:
  void open(post_function post) {
    const std::lock_guard lock{mutex_};
    post_ = std::move(post);
  }
  void put(handshake_settled what) {
    const std::lock_guard lock{mutex_};
    if (post_)
      post_(std::move(what));
  }

 private:
  std::mutex mutex_;
  post_function post_; // empty: nobody is there any more
};

/// Owner: the copies of its promise. Thread: any. Ends: with the last, which answers if nobody has.
class handshakes::promised final : public connect_promise::sink {
 public:
  promised(std::shared_ptr<mailbox> to, std::uint64_t number) : to_(std::move(to)), number_(number) {}
  ~promised() override { settle(failure{error_code::internal, "on_connect gave no answer"}); }

  void settle(std::variant<identity, failure> answer) override {
    if (!settled_.exchange(true))
      to_->put({number_, std::move(answer)});
  }

 private:
  const std::shared_ptr<mailbox> to_;
  const std::uint64_t number_;
  std::atomic<bool> settled_{false};
};

// -- constructors -------------------------------------------------------------

handshakes::handshakes(shard& home) : home_(home), mailbox_(std::make_shared<mailbox>()) {}

handshakes::~handshakes() { mailbox_->open({}); }

void handshakes::settle_by(post_function post) { mailbox_->open(std::move(post)); }

bool handshakes::asks() const noexcept { return static_cast<bool>(home_.on_connect()); }

// -- asking -------------------------------------------------------------------

std::size_t handshakes::asked_max() const {
  return std::max<std::size_t>(home_.settings().limits.handshakes / home_.count(), 1);
}

/// Nobody overtakes those who wait their turn.
std::uint64_t handshakes::ask(handshake::facts what, answer_callback then) {
  const auto number = ++last_;
  if (queue_.empty() && asked_.size() < asked_max()) {
    if (auto said = ask_hook(number, std::move(what)))
      return then(std::move(*said)), 0;
    asked_[number] = wait(number, std::move(then));
    return number;
  }
  home_.announce(events::limit_passed{"limits.handshakes", what.peer});
  if (queue_.size() >= home_.settings().limits.handshakes_queued / home_.count()) {
    home_.announce(events::limit_passed{"limits.handshakes_queued", what.peer});
    return then(failure{error_code::busy, "too many clients wait to be known: try again"}), 0;
  }
  auto& queued = queue_[number] = wait(number, std::move(then));
  queued->who = std::move(what);
  return number;
}

/// At the end of each turn, a few: the hook may take its time.
bool handshakes::ask_queued() {
  for (int n = 0; n < asked_per_turn && !queue_.empty() && asked_.size() < asked_max(); ++n) {
    auto next = queue_.extract(queue_.begin());
    if (auto said = ask_hook(next.key(), std::exchange(next.mapped()->who, {})))
      next.mapped()->then(std::move(*said));
    else
      asked_[next.key()] = std::move(next.mapped());
  }
  return !queue_.empty() && asked_.size() < asked_max();
}

/// Nothing: it answers later. The number is known before the hook runs: its promise may be kept before it has returned.
std::optional<handshakes::answer> handshakes::ask_hook(std::uint64_t number, handshake::facts what) {
  const handshake who{std::move(what), [to = mailbox_, number] {
                        return connect_promise{std::make_shared<promised>(to, number)};
                      }};
  const auto said = call_hook(who);
  if (const auto* known = said.who())
    return judged(*known);
  if (const auto* why = said.why_not())
    return *why;
  return std::nullopt;
}

connect_result handshakes::call_hook(const handshake& who) {
  try {
    return home_.on_connect()(who);
  } catch (const std::exception& e) {
    home_.announce(events::handler_failed{"on_connect", std::string{who.path()}, e.what()});
  } catch (...) {
    home_.announce(events::handler_failed{"on_connect", std::string{who.path()}, "what it threw is no std::exception"});
  }
  return failure{error_code::internal, "on_connect failed"};
}

handshakes::waiting_ptr handshakes::wait(std::uint64_t number, answer_callback then) {
  const auto too_late = [this, number] {
    finish(number, failure{error_code::unavailable, "who you are was not known in time: try again"});
  };
  waiting_ptr made{new waiting{std::move(then), timer{too_late}}};
  home_.schedule(made->deadline, home_.settings().session.connect_timeout);
  return made;
}

/// What the application says is checked, too: a name must make an inbox, and all of it has its bound.
handshakes::answer handshakes::judged(std::variant<identity, failure> said) {
  if (auto* why = std::get_if<failure>(&said))
    return std::move(*why);
  auto& who = std::get<identity>(said);
  std::string wrong;
  std::size_t bytes = who.user.size() + who.data.raw().size();
  for (const auto& pattern : who.rights)
    bytes += pattern.size();
  if (bytes > home_.settings().limits.identity_bytes) {
    home_.announce(events::limit_passed{"limits.identity_bytes", who.user});
    wrong = "what on_connect says of a client is over limits.identity_bytes";
  } else if (!who.user.empty()) {
    wrong = protocol::channel_name_error(protocol::inbox_of(who.user)).value_or("");
  }
  if (wrong.empty())
    return std::make_shared<const identity>(std::move(who));
  home_.announce(events::handler_failed{"on_connect", "identity", wrong});
  return failure{error_code::internal, "on_connect failed"};
}

// -- answers ------------------------------------------------------------------

void handshakes::settle(const handshake_settled& what) {
  if (asked_.contains(what.number))
    finish(what.number, judged(what.answer));
}

void handshakes::refuse_all(const failure& why) {
  while (!asked_.empty() || !queue_.empty()) {
    auto one = why;
    one.retry_after = home_.some_time_within(why.retry_after);
    finish(asked_.empty() ? queue_.begin()->first : asked_.begin()->first, std::move(one));
  }
}

void handshakes::finish(std::uint64_t number, answer what) {
  waiting_ptr done;
  if (auto asked = asked_.extract(number))
    done = std::move(asked.mapped());
  else if (auto queued = queue_.extract(number))
    done = std::move(queued.mapped());
  if (done)
    done->then(std::move(what));
}

} // namespace troupe::actors
