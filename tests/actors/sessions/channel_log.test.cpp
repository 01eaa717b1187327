#include "actors/sessions/log_budget.hpp"
#include "shard_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

constexpr auto form = protocol::wire_form_id::ws_json;

struct shelf {
  explicit shelf(channel_log::bounds limits = {}) : log("room:1", limits, total) { log.restart({"e", 0}); }
  log_budget total{1 << 20};
  channel_log log;
};

publication_ptr sized(offset_t offset, std::size_t bytes) {
  publication p;
  p.offset = offset;
  p.data = payload::json_text("\"" + std::string(bytes, 'x') + "\"");
  return std::make_shared<const publication>(std::move(p));
}

} // namespace

TEST_CASE("a log is read from any cursor, and encodes an entry once per form", "[shard]") {
  shelf s;
  for (offset_t o = 1; o <= 5; ++o)
    s.log.append(shard_fixture::publication(o));
  const auto from = s.log.tail();
  const auto all = s.log.read(from, s.log.head(), form, {}, 1 << 20);
  CHECK(all.entries == 5);
  CHECK(all.next == s.log.head());
  for (int i = 0; i < 10; ++i)
    CHECK(s.log.read(from, s.log.head(), form, {}, 1 << 20).bytes.bytes.data() == all.bytes.bytes.data());
  CHECK(s.log.encodings() == 5);
  CHECK(s.log.read(from, s.log.head(), protocol::wire_form_id::poll, {}, 1 << 20).entries == 5);
  CHECK(s.log.encodings() == 10);
}

TEST_CASE("a run ends at the room there is, after at least one entry", "[shard]") {
  shelf s;
  for (offset_t o = 1; o <= 3; ++o)
    s.log.append(sized(o, 100));
  const auto one = s.log.read(s.log.tail(), s.log.head(), form, {}, 1);
  CHECK(one.entries == 1);
  const auto rest = s.log.read(one.next, s.log.head(), form, {}, 1 << 20);
  CHECK(rest.entries == 2);
}

TEST_CASE("entries that are not for a reader are passed over", "[shard]") {
  shelf s;
  const log_reader me{session_id{1}, false}, other{session_id{2}, true};
  s.log.append(shard_fixture::publication(1));
  s.log.append(shard_fixture::publication(2, {session_id{1}}));
  s.log.append(protocol::presence_change{"room:1", {}, {}});
  s.log.append(shard_fixture::publication(3));
  const auto count = [&](const log_reader& who) {
    std::size_t entries = 0;
    for (auto at = s.log.tail(); at < s.log.head();) {
      const auto run = s.log.read(at, s.log.head(), form, who, 1 << 20);
      entries += run.entries;
      at = run.next;
    }
    return entries;
  };
  CHECK(count(me) == 2);
  CHECK(count(other) == 4);
}

TEST_CASE("a place is found by its offset, behind ephemeral entries of it", "[shard]") {
  shelf s;
  s.log.append(shard_fixture::publication(4));
  s.log.append(shard_fixture::publication(0));
  s.log.append(shard_fixture::publication(7));
  CHECK(s.log.after(2) == std::nullopt);
  CHECK(s.log.after(3) == s.log.tail());
  CHECK(s.log.after(4) == s.log.tail() + 2);
  CHECK(s.log.after(5) == s.log.tail() + 2);
  CHECK(s.log.after(7) == s.log.head());
  CHECK(s.log.after(8) == std::nullopt);
  CHECK(s.log.offset_before(s.log.tail() + 2) == 4);
  CHECK(s.log.offset_before(s.log.tail()) == 3);
}

TEST_CASE("a log is bounded in entries and bytes, encoded forms counted; the oldest go", "[shard]") {
  SECTION("entries") {
    shelf s{{3, 1 << 20}};
    for (offset_t o = 1; o <= 9; ++o)
      s.log.append(shard_fixture::publication(o));
    CHECK(s.log.head() - s.log.tail() == 3);
    CHECK(s.log.offset_before(s.log.tail()) == 6);
  }
  SECTION("bytes") {
    shelf s{{1000, 64 * 1024}};
    for (offset_t o = 1; o <= 200; ++o) {
      s.log.append(sized(o, 1000));
      (void)s.log.read(s.log.head() - 1, s.log.head(), form, {}, 1 << 20);
      CHECK(s.log.bytes() <= 64 * 1024 + 33 * 1024); // and one chunk that is being filled
    }
    CHECK(s.total.bytes() == s.log.bytes());
  }
}

TEST_CASE("what only a socket still holds is no log's, and counted apart until it lets go", "[shard]") {
  shelf s;
  s.log.append(sized(1, 1000));
  auto run = s.log.read(s.log.tail(), s.log.head(), form, {}, 1 << 20);
  CHECK(s.total.pinned() == 0);
  CHECK(s.log.bytes() > 2000);
  s.log.restart({"f", 0});
  CHECK(s.log.bytes() == 0);
  CHECK(s.total.bytes() == 0);
  CHECK(s.total.pinned() > 1000);
  run = {};
  CHECK(s.total.pinned() == 0);
  CHECK(s.log.epoch() == "f");
}

TEST_CASE("forms that are encoded later make a log no larger than it may be", "[shard]") {
  shelf s{{1000, 64 * 1024}};
  for (offset_t o = 1; o <= 30; ++o)
    s.log.append(sized(o, 1000));
  for (std::size_t other = 0; other < protocol::wire_form_count; ++other) {
    for (auto at = s.log.tail(); at < s.log.head();)
      at = s.log.read(at, s.log.head(), static_cast<protocol::wire_form_id>(other), {}, 1 << 20).next;
    CHECK(s.log.bytes() <= 64 * 1024 + 33 * 1024); // and one chunk that is being filled
  }
  CHECK(s.log.head_offset() == 30);
}
