#include "actors/channels/call_table.hpp"
#include "channel_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

std::chrono::steady_clock::time_point at(int ms) { return std::chrono::steady_clock::time_point{milliseconds{ms}}; }

} // namespace

TEST_CASE("each answer is owed once", "[channel]") {
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

TEST_CASE("a promise outlives its table, and its last copy tells the caller", "[channel]") {
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
