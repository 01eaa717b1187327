#include "actors/sessions/log_budget.hpp"
#include "shard_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

publication_ptr sized(offset_t offset, std::size_t bytes) {
  publication p;
  p.offset = offset;
  p.data = payload::json_text("\"" + std::string(bytes, 'x') + "\"");
  return std::make_shared<const publication>(std::move(p));
}

struct shelf {
  explicit shelf(std::size_t bytes_max) : total(bytes_max) {}

  channel_log& add() {
    auto& made = logs.emplace_back(std::make_unique<channel_log>("room:" + std::to_string(logs.size()),
                                                                 channel_log::bounds{1024, 1 << 20}, total));
    made->restart({"e", 0});
    return *made;
  }
  static void fill(channel_log& log, std::size_t entries, std::size_t bytes) {
    for (std::size_t i = 0; i < entries; ++i)
      log.append(sized(log.head_offset() + 1, bytes));
  }
  static std::size_t entries(const channel_log& log) { return log.head() - log.tail(); }

  log_budget total;
  std::vector<std::unique_ptr<channel_log>> logs;
};

} // namespace

TEST_CASE("whoever fills many logs pays with them; modest channels keep theirs, spoken just now or long ago", "[shard]") {
  shelf s{4 << 20};
  auto& idle = s.add();
  auto& active = s.add();
  shelf::fill(idle, 20, 200);
  for (int i = 0; i < 16; ++i)
    s.add();
  for (int round = 0; round < 400; ++round) {
    for (std::size_t i = 2; i < s.logs.size(); ++i)
      shelf::fill(*s.logs[i], 1, 4000); // 25 MB in all
    if (round % 10 == 0)
      shelf::fill(active, 1, 200);
    REQUIRE(s.total.bytes() <= (4u << 20));
  }
  CHECK(shelf::entries(idle) == 20);
  CHECK(shelf::entries(active) == 40);
  std::size_t fewest = 1000, most = 0;
  for (std::size_t i = 2; i < s.logs.size(); ++i) {
    fewest = std::min(fewest, shelf::entries(*s.logs[i]));
    most = std::max(most, shelf::entries(*s.logs[i]));
  }
  CHECK(fewest >= most / 2); // they share what is left
  CHECK(s.total.shed() > 0);
}

TEST_CASE("what was just said is never dropped for it", "[shard]") {
  shelf s{64 * 1024};
  auto& one = s.add();
  auto& other = s.add();
  shelf::fill(one, 1, 60'000);
  shelf::fill(other, 1, 60'000);
  CHECK(shelf::entries(other) == 1);
  CHECK(shelf::entries(one) == 0);
  CHECK(one.head_offset() == 1);
  shelf::fill(one, 1, 200'000); // alone more than all may hold
  CHECK(shelf::entries(one) == 1);
}

TEST_CASE("encoded forms count, and are given back with the log", "[shard]") {
  shelf s{1 << 20};
  auto& log = s.add();
  shelf::fill(log, 10, 1000);
  const auto before = s.total.bytes();
  for (auto at = log.tail(); at < log.head();)
    at = log.read(at, log.head(), protocol::wire_form_id::ws_json, {}, 1 << 20).next;
  CHECK(s.total.bytes() >= before + 10'000);
  CHECK(s.total.bytes() == log.bytes());
  s.logs.clear();
  CHECK(s.total.bytes() == 0);
  CHECK(s.total.pinned() == 0);
}

TEST_CASE("no entry of one log has the number of one of another", "[shard]") {
  shelf s{1 << 20};
  auto& one = s.add();
  auto& other = s.add();
  shelf::fill(one, 100, 10);
  shelf::fill(other, 100, 10);
  const bool apart = one.head() <= other.tail() || other.head() <= one.tail();
  CHECK(apart);
}

TEST_CASE("a form that is read later takes room at once, before anything is said again", "[shard]") {
  constexpr std::size_t most = 256 * 1024;
  shelf s{most};
  for (int i = 0; i < 2; ++i)
    shelf::fill(s.add(), 20, 4000);
  for (std::size_t form = 0; form < protocol::wire_form_count; ++form)
    for (auto& log : s.logs)
      for (auto at = log->tail(); at < log->head();) {
        const auto run = log->read(at, log->head(), static_cast<protocol::wire_form_id>(form), {}, 1 << 20);
        REQUIRE(s.total.bytes() <= most);
        REQUIRE(run.next >= log->tail()); // what its reader has not read is there
        at = run.next;
      }
  CHECK(s.total.shed() > 0);
}
