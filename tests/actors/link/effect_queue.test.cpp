#include "actors/link/effect_queue.hpp"
#include "outbound_items.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

std::string taken(effect_queue& q) {
  std::vector<outbound_item> ready;
  q.take_ready(ready);
  return texts(ready);
}

} // namespace

TEST_CASE("a queue hands out nothing behind a place that is not settled", "[link]") {
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

TEST_CASE("a place shared by two queues is said in both", "[link]") {
  effect_queue a, b;
  const auto slot = std::make_shared<effect_slot>();
  a.push(slot);
  b.push(slot);
  slot->settle(to(1, "1"));
  CHECK(taken(a) == "s1 reply 1 1;");
  CHECK(taken(b) == "s1 reply 1 1;");
}

TEST_CASE("what was said to one alone can be taken back, in order", "[link]") {
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
