// The disk store's room: what is over its bounds goes, what expires is forgotten, and its files have a limit.

#include "disk_fixture.hpp"

#include "actors/stores/disk/chunk.hpp"
#include "actors/stores/disk/disk_records.hpp"
#include "tests/seed.hpp"

#include <random>

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;
using namespace std::chrono_literals;

namespace {

std::string text(std::size_t bytes) { return "\"" + std::string(bytes, 'x') + "\""; }

} // namespace

TEST_CASE("what a busy channel drops leaves the disk, whatever the batches were", "[store]") {
  const auto seed = troupe::test::seed();
  INFO("TROUPE_SEED=" << seed);
  std::mt19937 dice{seed};
  disk_fixture g;
  retention keep;
  keep.size = 100;
  auto p = g.open("room:1", keep);
  offset_t head = 0;
  for (int round = 0; round < 200; ++round) {
    const auto count = 1 + dice() % 60;
    for (std::size_t i = 0; i < count; ++i)
      p->append(said(std::to_string(++head)), {}, [](auto got) { CHECK(got); });
    g.settle();
  }
  const auto first = head - 99;
  CHECK(g.read(*p, 0, 1).starts_with(std::to_string(first) + " "));
  CHECK(g.read_back(*p, 0, 2) == std::to_string(head - 1) + " " + std::to_string(head - 1) + "," + std::to_string(head) + " " +
                                     std::to_string(head) + " more");
  CHECK(p->bytes() < 101 * said(std::to_string(head)).size());
  g.sweep();
  CHECK(g.keep->disk().kept_bytes < 200 * said(std::to_string(head)).size());
  auto after = g.after_power_loss();
  auto q = after.open("room:1", keep);
  CHECK(q->head() == head);
  CHECK(after.read(*q, 0, 1).starts_with(std::to_string(first) + " "));
  CHECK(after.read(*q, first - 1, 1).find("lost") == std::string::npos);
  CHECK(after.read(*q, first - 2, 1).find("lost") != std::string::npos);
}

TEST_CASE("pages cross the records that syncs made, in both directions", "[store]") {
  disk_fixture g;
  auto p = g.open();
  for (int i = 1; i <= 10; ++i) {
    p->append(said(std::to_string(i)), {}, [](auto) {});
    if (i % 3 == 0)
      g.settle();
  }
  g.settle();
  CHECK(g.read(*p, 1, 5) == "2 2,3 3,4 4,5 5,6 6 more");
  CHECK(g.read(*p, 7) == "8 8,9 9,10 10");
  CHECK(g.read_back(*p, 9, 4) == "5 5,6 6,7 7,8 8 more");
  CHECK(g.read_back(*p, 3) == "1 1,2 2");
}

TEST_CASE("history of a channel that nobody opens expires on the disk, too; epoch and snapshot stay", "[store]") {
  disk_fixture g;
  retention keep;
  keep.ttl = 10min;
  auto p = g.open("room:1", keep);
  REQUIRE(g.append(*p, text(1000), {"ada", "k"}));
  CHECK_FALSE(g.save(*p, "7"));
  const auto epoch = p->epoch();
  p.reset();
  g.settle();
  auto after = g.after_kill(); // knows the ttl without its owner
  const auto before = after.keep->disk().kept_bytes;
  after.pass(11min);
  after.sweep();
  after.sweep();
  CHECK(after.keep->disk().kept_bytes + 1000 < before);
  auto q = after.open("room:1", keep);
  CHECK(q->epoch() == epoch);
  CHECK(q->head() == 1);
  CHECK(q->snapshot()->json() == "7");
  CHECK(after.read(*q) == " lost");
  CHECK(after.append(*q, "2", {"ada", "k"}) == offset_t{2}); // its key is past its time
}

TEST_CASE("a channel that nobody used for disk.forget_after is forgotten, with its snapshot", "[store]") {
  disk_settings how;
  how.forget_after = 24h;
  disk_fixture g{how};
  auto p = g.open();
  REQUIRE(g.append(*p, "1"));
  CHECK_FALSE(g.save(*p, "7"));
  const auto epoch = p->epoch();
  p.reset();
  g.settle();
  g.pass(23h);
  g.sweep();
  CHECK(g.open()->epoch() == epoch);
  g.settle();
  g.pass(25h);
  g.sweep();
  g.sweep();
  CHECK(g.keep->disk().kept_bytes == 0);
  auto q = g.open();
  CHECK(q->epoch() != epoch);
  CHECK_FALSE(q->snapshot());
  CHECK(q->head() == 0);
}

TEST_CASE("a name that was opened and said nothing is not written, and soon forgotten", "[store]") {
  disk_fixture g;
  const auto epoch = g.open()->epoch();
  g.settle();
  CHECK(g.open()->epoch() == epoch); // who came back meanwhile has missed nothing
  g.settle();
  CHECK(g.after_kill().open()->epoch() != epoch);
  g.pass(2min);
  g.sweep();
  CHECK(g.keep->disk().kept_bytes == 0);
}

TEST_CASE("past half of disk.bytes the largest give way by fair shares, small ones keep all", "[store]") {
  disk_settings how;
  how.bytes = 2 << 20;
  disk_fixture g{how};
  retention keep;
  keep.size = 100'000;
  keep.bytes = 1u << 30;
  auto modest = g.open("modest", keep);
  for (int i = 0; i < 20; ++i)
    REQUIRE(g.append(*modest, text(200)));
  std::unique_ptr<partition> hog;
  g.keep->open("hog", keep, {2, 2}, [](auto work) { work(); }, [&](auto got) { hog = std::move(*got); });
  g.settle();
  for (int i = 0; i < 100; ++i) {
    for (int n = 0; n < 10; ++n)
      hog->append(said(text(2'000)), {}, [](auto) {});
    g.settle();
    g.sweep();
    CHECK(g.keep->disk().kept_bytes <= how.bytes / 2 + 25'000);
  }
  CHECK(hog->head() > 100);
  CHECK(g.read(*modest, 0, 100) == g.read(*modest, 0, 20));
  CHECK(g.read(*hog, hog->head() - 1, 1).starts_with(std::to_string(hog->head()) + " "));
}

TEST_CASE("files never grow far past disk.bytes: then nothing is taken until there is room", "[store]") {
  disk_settings how;
  how.bytes = 8 << 20;
  disk_fixture g{how};
  std::mt19937 dice{7}; // tests/seed.hpp: noise that does not compress, the same each time
  std::string noise(100'000, 'x');
  for (auto& c : noise)
    c = static_cast<char>('a' + dice() % 26);
  retention keep;
  keep.size = 10;
  keep.bytes = 1u << 30;
  auto p = g.open("room:1", keep);
  std::uint64_t most = 0;
  int refused = 0;
  for (int i = 0; i < 600; ++i) { // 60 MB through a store of 8
    refused += g.append(*p, "\"" + noise + "\"") ? 0 : 1;
    g.sweep();
    most = std::max(most, g.keep->disk().file_bytes);
  }
  CHECK(most < how.bytes + (1 << 20));
  CHECK((refused == 0 || std::count(g.events->lines.begin(), g.events->lines.end(), "limit disk.bytes") > 0));
  CHECK(g.read_back(*p, 0, 1).starts_with(std::to_string(p->head()) + " "));
  bool taken = false;
  for (int i = 0; i < 100'000 && !taken; ++i) { // the engine's own threads make room
    g.sweep();
    taken = g.append(*p, "1").has_value();
  }
  CHECK(taken);
}

TEST_CASE("past disk.channels names that keep nothing go, then no more are opened", "[store]") {
  disk_settings how;
  how.channels = 3;
  disk_fixture g{how};
  (void)g.open("silent");
  g.settle();
  std::vector<std::unique_ptr<partition>> all;
  for (const auto* name : {"a", "b", "c"}) {
    all.push_back(g.open(name));
    REQUIRE(g.append(*all.back(), "1"));
  }
  CHECK(g.why_not_open("d").find("too many channels") != std::string::npos);
  CHECK(g.events->lines == std::vector<std::string>{"limit disk.channels"});
  all.clear();
  g.settle();
  CHECK(g.read(*g.open("a")) == "1 1");
}

TEST_CASE("keys that are forgotten leave the disk with their publisher's newest kept", "[store]") {
  disk_fixture g;
  retention keep;
  keep.keys = 6;
  keep.keys_per_publisher = 3;
  auto p = g.open("room:1", keep);
  REQUIRE(g.append(*p, "1", {"ada", "k"}));
  for (int i = 0; i < 10; ++i)
    REQUIRE(g.append(*p, "2", {"bob", "b" + std::to_string(i)}));
  auto after = g.after_kill();
  auto q = after.open("room:1", keep);
  CHECK(q->find({"ada", "k"}) == offset_t{1});
  CHECK(q->find({"bob", "b9"}) == offset_t{11});
  CHECK(q->find({"bob", "b7"}) == offset_t{9});
  CHECK_FALSE(q->find({"bob", "b6"}));
}

// -- records ------------------------------------------------------------------

TEST_CASE("a chunk gives back what was put in, and says when it is cut short", "[store]") {
  chunk_writer out;
  for (offset_t i = 5; i < 8; ++i) {
    auto p = said(std::to_string(i), "event");
    p.offset = i;
    out.add(p, 1000);
  }
  CHECK(out.first() == 5);
  const auto packed = out.take();
  CHECK(out.empty());
  for (std::size_t length = 0; length <= packed.size(); ++length) {
    chunk_reader in{5, std::string_view{packed}.substr(0, length)};
    offset_t next = 5;
    while (const auto entry = in.next()) {
      CHECK(entry->offset == next);
      const auto p = publication_of(*entry);
      REQUIRE(p);
      CHECK(p->data.json() == std::to_string(next));
      ++next;
    }
    CHECK((length == packed.size()) == (next == 8));
    CHECK(in.damaged() == (length != 0 && length != packed.size() && length % (packed.size() / 3) != 0));
  }
}

TEST_CASE("records of another version are none, and names sort as offsets do", "[store]") {
  channel_record r;
  r.id = 3;
  r.epoch = "abc";
  r.head = 9;
  r.by = {1, 2};
  CHECK(channel_of(pack(r)) == r);
  auto other = pack(r);
  other[0] = 9;
  CHECK_FALSE(channel_of(other));
  CHECK_FALSE(channel_of(pack(r) + "x"));
  const auto whole = pack(r);
  CHECK_FALSE(channel_of(std::string_view{whole}.substr(0, 20)));
  CHECK(record_name(1, 256) < record_name(1, 257));
  CHECK(record_name(1, 255) < record_name(1, 256));
  CHECK(record_name(1, last_offset) < record_name(2, 0));
  CHECK(offset_of(record_name(7, 12'345)) == 12'345);
}
