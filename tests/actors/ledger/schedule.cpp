#include "tests/actors/ledger/schedule.hpp"

#include "testing/in_address.hpp"
#include "tests/ledger/told_room.hpp"
#include "tests/seed.hpp"

#include <array>
#include <limits>

namespace troupe::actors::testing {

using ledger::way;
using ledger::seen::chance;

namespace {

constexpr auto all_of_it = std::numeric_limits<std::size_t>::max();

} // namespace

config::settings settings_for_schedules() {
  auto s = test_settings();
  s.session.resume_window = kept_for;
  s.session.poll_lease = kept_for;
  return s;
}

node_plan plan_for_schedules() {
  node_plan p;
  p.classes.add("told:*", [](const std::string&) { return std::make_unique<ledger::told_room>(); });
  return p;
}

schedule::schedule(virtual_node& node, std::uint32_t seed, std::uint32_t number, bool all_is_kept)
    : node_(node), dice_(seed), open_("open:" + std::to_string(number)), told_("told:" + std::to_string(number)),
      all_is_kept_(all_is_kept) {
  const auto count = 2 + up_to(1);
  for (std::uint32_t i = 0; i < count; ++i)
    clients_.emplace_back(node, "c" + std::to_string(i), std::vector{open_, told_});
}

ledger::verdict schedule::run(ledger::promise what) {
  for (auto& c : clients_)
    come(c);
  for (auto steps = 20 + up_to(30); steps > 0; --steps) {
    step();
    if (!one_in(3))
      node_.settle();
  }
  catch_up();
  for (const auto& channel : {open_, told_})
    read_history(channel);
  auto found = judge(truth_, lives(), what);
  for (auto& c : clients_)
    c.by.say_goodbye() ? void() : c.by.cut();
  node_.settle();
  return found;
}

std::string schedule::restless() const {
  std::string text;
  for (const auto& c : clients_)
    if (!c.who.settled() || c.who.unanswered() > 0)
      text += c.who.state() + "\n";
  return text;
}

std::vector<ledger::record> schedule::lives() const {
  std::vector<ledger::record> all;
  for (const auto& c : clients_)
    all.push_back(c.who.written());
  return all;
}

// -- what happens -------------------------------------------------------------

void schedule::step() {
  if (one_in(5))
    return publish();
  if (one_in(30))
    return node_.pass(milliseconds{10 + up_to(20)});
  if (one_in(200))
    return let_windows_end();
  auto& c = clients_[up_to(static_cast<std::uint32_t>(clients_.size()) - 1)];
  c.away || !c.by.open() ? come(c) : step_of(c);
}

void schedule::step_of(client& c) {
  const bool web_socket = is_web_socket(c.who.over());
  const bool keyed = !web_socket || one_in(2); // what is posted may have to be posted again
  switch (up_to(13)) {
  case 0:
  case 1: return go(c);
  case 2: return come(c); // without a word to the node
  case 3:
  case 4: c.who.call(told_, "tell", keyed); break;
  case 5:
    if (all_is_kept_)
      c.who.publish(open_, keyed);
    break;
  case 6: c.who.ping(); break;
  case 7:
    if (web_socket && c.who.attached())
      c.who.misspeak();
    break;
  case 8:
    if (web_socket && c.who.settled())
      c.who.leave(open_);
    else if (web_socket && c.who.attached() && !c.who.stands_in(open_) && !c.who.position(open_))
      c.who.enter(open_);
    break;
  case 9: c.by.stop_reading(); return;
  case 10: c.by.read_again(); return;
  case 11: c.by.poll_late(up_to(3)); return;
  default: c.by.read(one_in(3) ? all_of_it : up_to(4));
  }
  c.by.speak();
}

/// It is gone for now: the connection breaks, or an answer is lost on its way, or it says goodbye.
void schedule::go(client& c) {
  if (one_in(3))
    c.by.read(up_to(3)); // and no more of what has arrived
  if (one_in(8) && c.by.say_goodbye())
    c.expected = chance::is_over;
  else if (c.who.over() == way::poll && one_in(3))
    c.by.lose_answer();
  else
    c.cut = c.who.attached(), c.by.cut(); // else an earlier one may still stand
  c.away = true;
}

void schedule::come(client& c) {
  std::vector<way> ways;
  for (const auto over : ledger::all_ways)
    if (c.who.may_take(over))
      ways.push_back(over);
  come(c, ways[up_to(static_cast<std::uint32_t>(ways.size()) - 1)]);
}

void schedule::come(client& c, way over) {
  c.by.come(over, up_to(node_.shards() - 1), std::exchange(c.expected, chance::goes_on));
  c.away = c.cut = false;
}

void schedule::publish() {
  for (auto n = 1 + up_to(2); n > 0; --n) {
    const json data{{"n", ++said_}};
    const auto kept = api(node_, "/api/publish", {{"channel", open_}, {"data", data}});
    truth_.add(open_, kept["epoch"], {kept["offset"], data.dump()});
  }
}

/// Those who are away come too late.
void schedule::let_windows_end() {
  for (auto& c : clients_)
    if (!c.away)
      c.by.read_again();
  read_all(); // so that whoever polls waits
  node_.pass(kept_for + 2s);
  for (auto& c : clients_)
    if (c.cut)
      c.expected = chance::is_over;
    else if (c.expected != chance::is_over && (c.away || !c.by.open()))
      c.expected = chance::open;
}

// -- the end ------------------------------------------------------------------

bool schedule::read_all() {
  std::size_t n = 0;
  for (int round = 0; round < 100; ++round) {
    node_.settle();
    std::size_t now = 0;
    for (auto& c : clients_)
      if (!c.away)
        now += c.by.read(all_of_it);
    if (now == 0)
      break;
    n += now;
  }
  return n > 0;
}

/// Everybody comes back once more, hears all, and asks how much was said to it alone.
void schedule::catch_up() {
  for (auto& c : clients_) {
    c.by.read_again();
    if (one_in(2) || c.away)
      come(c);
  }
  read_all();
  for (auto& c : clients_)
    if (c.by.is_doubled())
      c.who.note_doubled();
  for (int round = 0; round < 5; ++round) {
    read_all();
    for (auto& c : clients_) {
      if (!c.by.open() || c.who.stranded())
        come(c, way::ws_json);
    }
  }
  for (auto& c : clients_)
    if (c.who.settled())
      c.who.call(told_, "count", true);
  for (auto& c : clients_)
    c.by.speak();
  read_all();
}

void schedule::read_history(const std::string& channel) {
  const auto page = api_get(node_, "/api/history?limit=1000&channel=" + troupe::testing::in_address(channel));
  REQUIRE_FALSE(page["more"].get<bool>());
  for (const auto& p : page["publications"]) {
    const auto& data = p["data"];
    const auto cause = data.contains("id") ? data["client"].get<std::string>() + "/" + data["id"].dump() : "";
    truth_.add(channel, page["epoch"], {p["offset"], data.dump(), data.value("not", ""), cause});
  }
}

} // namespace troupe::actors::testing
