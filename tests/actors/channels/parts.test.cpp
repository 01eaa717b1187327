/// The parts a channel is made of, one by one.

#include "actors/link/effect_size.hpp"
#include "channel_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

using steady = std::chrono::steady_clock::time_point;

namespace {

steady at(int ms) { return steady{milliseconds{ms}}; }

outbound_item to(std::uint64_t who, const char* data) {
  return {said{session_id{who}, protocol::reply{std::int64_t{1}, json(data)}}, session_id{who}, 0};
}

std::string taken(effect_queue& q) {
  std::vector<outbound_item> ready;
  q.take_ready(ready);
  std::string line;
  for (const auto& item : ready)
    line += item.what ? testing::text_of(*item.what) + ";" : "done;";
  return line;
}

std::string texts(const std::vector<outbound_item>& items) {
  std::string line;
  for (const auto& item : items)
    line += (item.what ? testing::text_of(*item.what) : "done") + ";";
  return line;
}

publication_ptr numbered(offset_t offset) {
  publication p;
  p.offset = offset;
  p.data = json(std::to_string(offset));
  return std::make_shared<const publication>(std::move(p));
}

outbound_item said_to_all(offset_t offset) { return {published{numbered(offset)}, {}, 0}; }

} // namespace

// -- effect_queue -------------------------------------------------------------

TEST_CASE("a queue hands out nothing behind a place that is not settled", "[channel][parts]") {
  effect_queue q;
  const auto first = std::make_shared<effect_slot>(), second = std::make_shared<effect_slot>();
  q.push(to(1, "1"));
  q.push(first);
  q.push(to(1, "2"));
  q.push(second);
  CHECK(taken(q) == "s1 reply 1 1;");
  second->settle(to(1, "3"));
  CHECK(taken(q).empty());
  first->settle();
  CHECK(taken(q) == "s1 reply 1 2;s1 reply 1 3;");
  CHECK(q.empty());
}

TEST_CASE("a place shared by two queues is said in both", "[channel][parts]") {
  effect_queue a, b;
  const auto slot = std::make_shared<effect_slot>();
  a.push(slot);
  b.push(slot);
  slot->settle(to(1, "1"));
  CHECK(taken(a) == "s1 reply 1 1;");
  CHECK(taken(b) == "s1 reply 1 1;");
}

TEST_CASE("what was said to one alone can be taken back, in order", "[channel][parts]") {
  effect_queue q;
  q.push(to(1, "0"));
  const auto mark = q.end();
  q.push(to(1, "1"));
  q.push(to(2, "2"));
  q.push(outbound_item{std::nullopt, session_id{1}, 1});
  q.push(to(1, "3"));
  CHECK(texts(q.retract(mark, session_id{1})) == "s1 reply 1 1;s1 reply 1 3;");
  CHECK(taken(q) == "s1 reply 1 0;s2 reply 1 2;done;");
}

// -- pending_appends ----------------------------------------------------------

TEST_CASE("a point between appends is known once the one before it is answered", "[channel][parts]") {
  pending_appends line{5};
  std::vector<offset_t> heads;
  const auto note = [&](offset_t head) { heads.push_back(head); };
  line.at(line.now(), note);
  CHECK(heads == std::vector<offset_t>{5});
  const auto before = line.now();
  const auto a = line.begin();
  const auto between = line.now();
  const auto b = line.begin();
  line.at(line.now(), note);
  line.at(between, note);
  line.at(before, note);
  CHECK(heads == std::vector<offset_t>{5, 5});
  line.answered(a, 6);
  CHECK(heads == std::vector<offset_t>{5, 5, 6});
  CHECK_FALSE(line.idle());
  line.answered(b, 7);
  CHECK(heads == std::vector<offset_t>{5, 5, 6, 7});
  CHECK(line.idle());
  line.at(between, note);
  CHECK(heads.back() == 6);
}

// -- call_table ---------------------------------------------------------------

TEST_CASE("each answer is owed once", "[channel][parts]") {
  call_table table;
  std::string log;
  const auto open = [&](std::uint64_t who, int due, const char* name) {
    return table.open(session_id{who}, at(due), [&log, name](call_table::result r) {
      log += name + std::string{std::holds_alternative<payload>(r) ? "+" : "-"};
    });
  };
  const auto a = open(1, 30, "a"), b = open(1, 10, "b");
  open(2, 20, "c");
  open(1, 40, "d");
  CHECK(table.waiting(session_id{1}) == 3);
  CHECK(table.next_deadline() == at(10));
  CHECK(table.settle(a, payload{}));
  CHECK_FALSE(table.settle(a, payload{}));
  table.expire(at(20));
  CHECK(log == "a+b-c-");
  CHECK_FALSE(table.settle(b, payload{}));
  table.settle_all(session_id{1}, failure{});
  CHECK(log == "a+b-c-d-");
  CHECK(table.waiting(session_id{1}) == 0);
  CHECK_FALSE(table.next_deadline());
}

TEST_CASE("a promise outlives its table, and its last copy tells the caller", "[channel][parts]") {
  auto table = std::make_shared<call_table>();
  int answers = 0;
  const auto ticket = table->open(session_id{1}, at(10), [&](call_table::result r) {
    ++answers;
    CHECK(std::get<failure>(r).code == error_code::internal);
  });
  {
    const promise owed{std::make_shared<promise_sink>(table, ticket)};
    const auto copy = owed;
  }
  CHECK(answers == 1);
  const promise late{std::make_shared<promise_sink>(table, table->open(session_id{1}, at(10), [](auto) { FAIL(); }))};
  table.reset();
  late.reply();
}

// -- asks ---------------------------------------------------------------------

TEST_CASE("a question is over once", "[channel][parts]") {
  asks all;
  const auto question = [](int due, std::size_t quorum) {
    return asks::question{at(due), quorum, {session_id{1}, session_id{2}}, {}, [](const auto&) {}};
  };
  const auto first = all.open(question(20, 2)), second = all.open(question(10, 1));
  CHECK(all.next_deadline() == at(10));
  const auto over = all.answer(second, member{session_id{1}, {}, {}}, json("1"));
  REQUIRE(over.size() == 1);
  CHECK(over[0].answers.size() == 1);
  CHECK(all.answer(second, member{session_id{2}, {}, {}}, {}).empty());
  CHECK(all.answer(first, member{session_id{3}, {}, {}}, {}).empty());
  CHECK(all.gone(session_id{1}).empty());
  CHECK(all.expire(at(19)).empty());
  CHECK(all.expire(at(20)).size() == 1);
  CHECK(all.size() == 0);
}

// -- channel_timers -----------------------------------------------------------

TEST_CASE("timers come in the order of their deadlines; a late periodic one comes once", "[channel][parts]") {
  channel_timers timers;
  std::string log;
  const auto run = [&](int now) {
    while (const auto due = timers.next_due(at(now)))
      (*due)();
    return std::exchange(log, {});
  };
  timers.add(at(30), std::nullopt, [&] { log += "c"; });
  timers.add(at(10), std::nullopt, [&] { log += "a"; });
  const auto every = timers.add(at(20), milliseconds{20}, [&] { log += "b"; });
  CHECK(run(9).empty());
  CHECK(run(35) == "abc");
  CHECK(timers.next_deadline() == at(40));
  CHECK(run(200) == "b");
  CHECK(timers.next_deadline() == at(201));
  timers.cancel(every);
  timers.cancel(every);
  CHECK(run(1000).empty());
  CHECK(timers.size() == 0);
}

// -- presence_changes ---------------------------------------------------------

TEST_CASE("who came and went in between is not mentioned", "[channel][parts]") {
  presence_changes changes{"room:1"};
  const member a{session_id{1}, "u", {}}, b{session_id{2}, {}, {}}, c{session_id{3}, {}, {}};
  changes.came(a);
  changes.came(b);
  changes.went(b);
  changes.went(c);
  changes.came(c);
  const auto taken_all = changes.take();
  REQUIRE(taken_all);
  CHECK(testing::text_of(presence_changed{*taken_all}) == "presence +s1 +s3 -s3");
  CHECK(taken_all->joined[0].user == "u");
  CHECK_FALSE(changes.take());
}

// -- backlog ------------------------------------------------------------------

TEST_CASE("a backlog releases publications from the store with private items at their places", "[channel][parts]") {
  backlog b{1000, 2};
  b.take(to(1, "0"));
  b.take(said_to_all(3));
  b.take(to(1, "1"));
  b.take(said_to_all(0));
  b.take(said_to_all(4));
  b.take(outbound_item{std::nullopt, session_id{1}, 5});
  CHECK(b.wants_page());
  CHECK(b.ephemeral_dropped() == 1);
  CHECK(texts(b.release({{numbered(3)}, true, false}, "e")) == "s1 reply 1 0;+3 3;s1 reply 1 1;");
  CHECK(b.cursor() == 3);
  CHECK(texts(b.release({{numbered(4), numbered(5)}, false, false}, "e")) == "+4 4;done;");
  CHECK(b.empty());
  CHECK(b.bytes() == 0);
}

TEST_CASE("a backlog whose store has lost all skips to where the stream is", "[channel][parts]") {
  backlog b{1000, 2};
  b.take(said_to_all(3));
  b.take(to(1, "1"));
  history_page none;
  none.lost = true;
  CHECK(texts(b.release(none, "e")) == "at 3;s1 reply 1 1;");
  CHECK(b.empty());
}

TEST_CASE("a session past the bound loses what waits for it unasked, and its commands are told busy", "[channel][parts]") {
  backlog b{4 * size_of(*to(1, "1").what), 0};
  auto mine = to(1, "1");
  mine.done = 7;
  b.take(mine);
  b.take(to(2, "2"));
  b.take(to(1, "3"));
  CHECK(b.take_overflowed().empty());
  for (int i = 0; i < 3; ++i)
    b.take(to(1, "4"));
  CHECK(b.take_overflowed() == std::vector<session_id>{session_id{1}});
  b.take(to(1, "5"));
  CHECK(b.take_overflowed().empty());
  b.take({left{session_id{1}, {{}, "room:1", "overflow"}, leave_reason::lost}, session_id{1}, 0});
  CHECK(texts(b.release({}, "e")) == "s1 error 1 busy;s2 reply 1 2;s1 left overflow;");
}

TEST_CASE("whatever a full backlog drops, every command has its answer and every member its last word", "[channel][parts]") {
  const std::string long_text = "\"" + std::string(4000, 'x') + "\"";
  backlog b{4096, 0};
  b.take(to(9, long_text.c_str())); // full
  joined in{session_id{1}, {std::int64_t{1}, "room:1", {"e", 0}, {}, {}}, {}, false, false};
  in.replay.items = {numbered(1), numbered(2)};
  b.take({in, session_id{1}, 1});
  b.take({join_refused{session_id{2}, {std::int64_t{1}, {error_code::refused, "no"}, "room:1"}}, session_id{2}, 2});
  b.take({left{session_id{1}, {std::int64_t{3}, "room:1", "left"}, leave_reason::left}, session_id{1}, 3});
  read_page next{session_id{1}, {}};
  next.replay.items = {numbered(3)};
  b.take({next, session_id{1}, 4});
  auto reply = to(1, long_text.c_str());
  reply.done = 5;
  b.take(reply);
  for (int i = 0; i < 3; ++i)
    b.take(to(1, long_text.c_str())); // unasked: these may go
  CHECK(b.take_overflowed() == std::vector<session_id>{session_id{1}});
  const auto said = texts(b.release({}, "e"));
  CHECK(said.substr(said.find(";s1") + 1) ==
        "s1 in 0 []...;s2 away 1 refused;s1 left left;s1 page []...;s1 error 1 busy;");
}

TEST_CASE("a join that cannot be told what it was let in with is taken out again", "[channel][parts]") {
  backlog b{4096, 0};
  const auto data = json("\"" + std::string(8000, 'x') + "\"");
  b.take({joined{session_id{1}, {std::int64_t{1}, "room:1", {"e", 0}, {}, data}, {}, false, false}, session_id{1}, 1});
  CHECK(b.take_overflowed() == std::vector<session_id>{session_id{1}});
  b.take({left{session_id{1}, {{}, "room:1", "overflow"}, leave_reason::lost}, session_id{1}, 0});
  CHECK(texts(b.release({}, "e")) == "s1 in 0;s1 left overflow;");
  CHECK(b.bytes() == 0);
}

TEST_CASE("presence changes are not merged across an answer, which may be a list of who is there", "[channel][parts]") {
  const auto came = [](std::uint64_t who) {
    return outbound_item{presence_changed{{"room:1", {{session_id{who}, {}, {}}}, {}}}, {}, 0};
  };
  const auto went = [](std::uint64_t who) {
    return outbound_item{presence_changed{{"room:1", {}, {{session_id{who}, {}, {}}}}}, {}, 0};
  };
  backlog b{4096, 0};
  b.take(came(2));
  b.take(came(3));
  b.take(went(3)); // nobody can have read of it
  auto list = to(1, "2");
  list.done = 1;
  b.take(list);
  b.take(went(2));
  b.take(came(4));
  CHECK(texts(b.release({}, "e")) == "presence +s2;s1 reply 1 2;presence +s4 -s2;");
}
