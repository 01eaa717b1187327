#pragma once
/// One lot of the auction house, `auction:42`.
///   subscribe NAME         → view; presence shows the name
///   call bid AMOUNT        → everybody hears `price`; who led until now is pushed `outbid`
///   ask `another round`    → the three that bid highest: at two times yes the countdown begins again
///   by an outlet only: call open {title, start, seconds}, hammer, remove SESSION
/// Everybody hears `lot` when it opens, goes on or was restored, and `over` when the hammer falls; the winner is pushed `won`.

#include <troupe/channel.hpp>

#include <algorithm>

struct opening {
  std::string title;
  int start = 0, seconds = 0;
  TROUPE_FIELDS(title, start, seconds)
};

/// What is said of a lot. `amount` 0: no bid yet; `left` is in ms, so that nobody's clock matters.
struct view {
  std::string title, leader;
  int start = 0, amount = 0;
  std::int64_t left = 0;
  TROUPE_FIELDS(title, leader, start, amount, left)
};

/// What outlives a crash.
struct lot_state {
  view said;
  int round = 0;
  std::int64_t ends = 0;                    ///< ms since 1970; 0: it is not open
  std::vector<std::uint64_t> top;           ///< sessions, the highest bidder's first; at most three
  std::map<std::string, std::string> names; ///< by session
  TROUPE_FIELDS(said, round, ends, top, names)
};

class lot : public troupe::channel {
  static constexpr int amount_max = 1'000'000'000, wrong_max = 3, rounds_max = 3;
  static constexpr std::int64_t late_ms = 10'000, round_ms = 15'000;

  troupe::join_result on_join(const troupe::member& who, const troupe::payload& params) override {
    const auto name = params.as<std::string>("params");
    if (name.empty() || name.size() > 60)
      return troupe::refuse("a name has 1 to 60 bytes");
    for (const auto& m : members())
      if (state_.names[to_string(m.id)] == name)
        return troupe::refuse("somebody of this name is here");
    state_.names[to_string(who.id)] = name;
    return troupe::accept(troupe::payload::of(seen())).presence(troupe::payload::of(name));
  }
  void on_leave(const troupe::member& who, troupe::leave_reason) override {
    state_.names.erase(to_string(who.id));
    wrong_.erase(who.id);
  }

  void setup() override {
    on<int>("bid", [this](const troupe::member& who, int amount) { return take(who, amount); });
    on_house<opening>("open", [this](const opening& o) { return open(o); });
    on_house<std::string>("remove", [this](const std::string& whom) {
      kick(troupe::parse_session_id(whom).value_or(troupe::session_id{}), "shown the door by the auctioneer");
      return troupe::done();
    });
    on_house<troupe::payload>("hammer", [this](const troupe::payload&) { return is_open() ? close() : troupe::refuse("not open"); });
  }
  /// Outlets call as session 0, which no client has.
  template <class T, class F>
  void on_house(std::string event, F then) {
    on<T>(std::move(event), [then = std::move(then)](const troupe::member& who, const T& data) {
      return who.id ? troupe::refuse("ask the auctioneer") : then(data);
    });
  }

  troupe::call_result open(const opening& o) {
    if (is_open())
      return troupe::refuse("it is open");
    if (o.start < 1 || o.start > amount_max || o.seconds < 1 || o.seconds > 86'400)
      return troupe::refuse("a lot starts at 1 to 1,000,000,000, and is open for 1 s to a day");
    state_ = {{o.title, "", o.start}, 0, 0, {}, std::move(state_.names)};
    go_on(1000 * o.seconds);
    return troupe::done();
  }

  troupe::call_result take(const troupe::member& who, int amount) {
    const int least = state_.said.amount == 0 ? state_.said.start : state_.said.amount + std::max(1, state_.said.amount / 20);
    if (state_.ends <= now())
      return troupe::refuse("it is not open");
    if (!state_.top.empty() && state_.top.front() == who.id.value())
      return troupe::refuse("yours is the highest bid");
    if (amount < least || amount > amount_max) {
      if (++wrong_[who.id] == wrong_max)
        kick(who.id, "three bids that were none");
      return troupe::refuse("bid at least " + std::to_string(least));
    }
    if (!state_.top.empty())
      push(troupe::session_id{state_.top.front()}, "outbid", amount);
    std::erase(state_.top, who.id.value());
    state_.top.insert(state_.top.begin(), who.id.value());
    state_.top.resize(std::min<std::size_t>(state_.top.size(), 3));
    state_.said.amount = amount;
    state_.said.leader = state_.names[to_string(who.id)];
    count_down(std::max(state_.ends, now() + late_ms));
    broadcast("price", seen(), troupe::after_save());
    return troupe::done().after_save(); // a bid that was taken stands, also after a crash
  }

  void go_on(std::int64_t ms) {
    ++state_.round;
    count_down(now() + ms);
    broadcast("lot", seen());
  }
  void count_down(std::int64_t ends) {
    state_.ends = ends;
    working_ = busy(); // the hammer falls, whoever looks
    cancel(hammer_);
    hammer_ = after(std::chrono::milliseconds{std::max<std::int64_t>(1, ends - now())}, [this] { ask_top_three(); });
  }
  void ask_top_three() {
    if (state_.top.size() < 2 || state_.round == rounds_max)
      return void(close());
    const std::vector<troupe::session_id> whom(state_.top.begin(), state_.top.end());
    ask(whom, "another round", troupe::payload::of(seen()), {std::chrono::seconds{5}, 2}, [this](const auto& answers) {
      const auto yes = std::ranges::count_if(answers, [](const troupe::ask_answer& a) { return a.data.try_as<bool>() == true; });
      if (is_open()) // else the auctioneer was faster
        yes < 2 ? void(close()) : go_on(round_ms);
    });
  }
  troupe::call_result close() {
    cancel(hammer_);
    working_ = {};
    state_.ends = 0;
    broadcast("over", seen(), troupe::after_save());
    if (!state_.top.empty())
      push(troupe::session_id{state_.top.front()}, "won", state_.said.amount);
    return troupe::done().after_save();
  }

  bool is_open() const { return state_.ends != 0; }
  view seen() const {
    auto v = state_.said;
    v.left = is_open() ? std::max<std::int64_t>(0, state_.ends - now()) : 0;
    return v;
  }
  std::optional<troupe::payload> snapshot() override { return troupe::payload::of(state_); }
  /// Members stayed, and may have heard more than was kept.
  void on_restore(const troupe::payload& last) override {
    state_ = last.as<lot_state>();
    if (is_open())
      count_down(state_.ends);
    broadcast("lot", seen());
  }

  lot_state state_;
  std::map<troupe::session_id, int> wrong_;
  timer_id hammer_{};
  troupe::busy_guard working_;
};
