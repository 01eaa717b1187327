#include "actors/sessions/handshakes.hpp"

#include "actors/sessions/shard.hpp"
#include "protocol/error_code.hpp"
#include "protocol/names.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <utility>

namespace troupe::actors {

namespace {

constexpr int asked_per_turn = 16;

std::size_t bytes_of(const handshake::facts& what) {
  auto sum = what.path.size() + what.subprotocol.size() + what.peer.size() + what.token.size() + what.user.size();
  for (const auto* fields : {&what.query, &what.headers})
    for (const auto& [name, value] : *fields)
      sum += sizeof name + sizeof value + name.size() + value.size();
  return sum;
}

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

/// Owner: the handshake and the copies of its promise. Thread: any. Ends: with the last, which answers if nobody has.
class handshakes::promised final : public connect_promise::sink {
 public:
  promised(std::shared_ptr<mailbox> to, std::uint64_t number, count look_ups)
      : to_(std::move(to)), number_(number), look_ups_(std::move(look_ups)) {
    ++*look_ups_;
  }
  ~promised() override { settle(failure{error_code::internal, "on_connect gave no answer"}); }

  void settle(std::variant<identity, failure> answer) override {
    if (withdraw())
      to_->put({number_, std::move(answer)}); // also if nobody waits for it: there is room for another one
  }
  /// No answer is waited for any more. False: it is here already.
  bool withdraw() {
    if (settled_.exchange(true))
      return false;
    --*look_ups_;
    return true;
  }

 private:
  const std::shared_ptr<mailbox> to_;
  const std::uint64_t number_;
  const count look_ups_;
  std::atomic<bool> settled_{false};
};

// -- constructors -------------------------------------------------------------

handshakes::handshakes(shard& home, count look_ups, running_handlers* running)
    : home_(home), mailbox_(std::make_shared<mailbox>()), look_ups_(std::move(look_ups)),
      hook_entry_(running, "on_connect") {}

handshakes::~handshakes() { mailbox_->open({}); }

void handshakes::settle_by(post_function post) { mailbox_->open(std::move(post)); }

bool handshakes::asks() const noexcept { return static_cast<bool>(home_.on_connect()); }

// -- asking -------------------------------------------------------------------

/// Whether the application may be asked about one more.
bool handshakes::may_ask() const {
  return *look_ups_ < std::max<std::size_t>(home_.settings().limits.handshakes / home_.count(), 1);
}

/// Nobody overtakes those who wait their turn. Those who make room hear of it last: they may ask again at once.
std::uint64_t handshakes::ask(handshake::facts what, client by, answer_callback then) {
  const auto number = ++last_;
  if (queue_.empty() && may_ask()) {
    if (auto said = ask_hook(number, std::move(what)))
      return then(std::move(*said)), 0;
    asked_[number] = wait(number, std::move(then), home_.settings().session.connect_timeout);
    return number;
  }
  home_.announce(events::limit_passed{"limits.handshakes", by.name});
  const auto bytes = sizeof(queued) + sizeof(pending) + bytes_of(what);
  std::vector<pending_ptr> out;
  const bool room = make_room(by, bytes, out);
  if (room) {
    turns_.add(number, by.address, bytes);
    auto waits = wait(number, std::move(then), home_.settings().session.connect_timeout / 2);
    queue_[number] = {std::move(waits), std::move(what), std::move(by.name)};
  }
  const auto no = [&] { return try_again(error_code::busy, "too many clients wait to be known: try again"); };
  for (const auto& one : out)
    one->then(no());
  if (!room)
    then(no());
  return queue_.contains(number) ? number : 0;
}

/// The address that has most of what waits makes room. False: that is the one that asks.
bool handshakes::make_room(const client& by, std::size_t bytes, std::vector<pending_ptr>& out) {
  const auto places = home_.settings().limits.handshakes_queued / home_.count();
  const auto most = handshake_queue_bytes_max / home_.count();
  for (;;) {
    const bool too_many = queue_.size() >= places;
    if (!too_many && turns_.weight() + bytes <= most)
      return true;
    const auto number = bytes <= most ? turns_.makes_room_for(by.address, bytes) : 0;
    const auto& who = number == 0 ? by.name : queue_.at(number).name;
    if (too_many)
      home_.announce(events::limit_passed{"limits.handshakes_queued", who});
    else
      home_.announce(events::limit_passed{"handshake_queue_bytes_max", who});
    if (number == 0)
      return false;
    out.push_back(take(number));
  }
}

handshakes::pending_ptr handshakes::take(std::uint64_t number) {
  if (auto asked = asked_.extract(number))
    return std::move(asked.mapped());
  turns_.remove(number);
  auto waits = queue_.extract(number);
  return waits ? std::move(waits.mapped().client) : nullptr;
}

/// At the end of each turn, a few: the hook may take its time.
bool handshakes::ask_queued() {
  for (int n = 0; n < asked_per_turn && !queue_.empty() && may_ask(); ++n) {
    const auto number = turns_.take();
    auto next = std::move(queue_.extract(number).mapped());
    if (auto said = ask_hook(number, std::move(next.facts))) {
      next.client->then(std::move(*said));
      continue;
    }
    home_.schedule(next.client->deadline, home_.settings().session.connect_timeout);
    asked_[number] = std::move(next.client);
  }
  return !queue_.empty() && may_ask();
}

/// Nothing: it answers later. The number is known before the hook runs: its promise may be kept before it has returned.
std::optional<handshakes::answer> handshakes::ask_hook(std::uint64_t number, handshake::facts what) {
  const auto answers = std::make_shared<promised>(mailbox_, number, look_ups_);
  const handshake who{std::move(what), [answers] { return connect_promise{answers}; }};
  const auto said = call_hook(who);
  if (!said.who() && !said.why_not())
    return std::nullopt;
  answers->withdraw();
  if (const auto* known = said.who())
    return judged(*known);
  return *said.why_not();
}

connect_result handshakes::call_hook(const handshake& who) {
  try {
    const running_handlers::mark at_work{hook_entry_, who.path()};
    return home_.on_connect()(who);
  } catch (const std::exception& e) {
    home_.announce(events::handler_failed{"on_connect", std::string{who.path()}, e.what()});
  } catch (...) {
    home_.announce(events::handler_failed{"on_connect", std::string{who.path()}, "what it threw is no std::exception"});
  }
  return failure{error_code::internal, "on_connect failed"};
}

handshakes::pending_ptr handshakes::wait(std::uint64_t number, answer_callback then,
                                         std::chrono::milliseconds at_most) {
  const auto too_late = [this, number] {
    finish(number, try_again(error_code::unavailable, "who you are was not known in time: try again"));
  };
  pending_ptr made{new pending{std::move(then), timer{too_late}}};
  home_.schedule(made->deadline, at_most);
  return made;
}

/// Many are told so at once, and what they would come back to takes about as long as they could have waited.
failure handshakes::try_again(error_code code, std::string why) const {
  failure no{code, std::move(why)};
  no.retry_after = std::chrono::milliseconds{protocol::retry_after(no).value_or(0)} +
                   home_.some_time_within(home_.settings().session.connect_timeout);
  return no;
}

std::size_t size_of(const identity& who) {
  std::size_t bytes = who.user.size() + who.data.raw().size();
  for (const auto& pattern : who.rights)
    bytes += pattern.size();
  return bytes;
}

/// What the application says is checked, too: a name must make an inbox, and all of it has its bound.
handshakes::answer handshakes::judged(std::variant<identity, failure> said) {
  if (auto* why = std::get_if<failure>(&said))
    return std::move(*why);
  auto& who = std::get<identity>(said);
  std::string wrong;
  if (size_of(who) > home_.settings().limits.identity_bytes) {
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

void handshakes::finish(std::uint64_t number, answer what) {
  if (const auto done = take(number))
    done->then(std::move(what));
}

/// Those who have waited longest first.
void handshakes::refuse_all(const failure& why, const pause_function& pause) {
  std::map<std::uint64_t, pending_ptr> all;
  while (waiting() > 0) {
    const auto number = asked_.empty() ? queue_.begin()->first : asked_.begin()->first;
    all[number] = take(number);
  }
  for (const auto& [number, one] : all) {
    auto no = why;
    no.retry_after = pause();
    one->then(std::move(no));
  }
}

} // namespace troupe::actors
