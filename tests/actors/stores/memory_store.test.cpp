#include "actors/stores/memory_store.hpp"

#include "testing/stores/late_store.hpp"
#include "store_contract.hpp"
#include "tests/seed.hpp"

#include <atomic>
#include <map>
#include <random>
#include <thread>
#include <vector>

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

TEST_CASE("the memory store keeps its contract", "[store]") {
  hold_to_contract([] {
    store_under_test made;
    made.what = std::make_unique<memory_store>([time = made.time] { return time->now; });
    return made;
  });
}

TEST_CASE("the store of the tests that answers later keeps the same contract", "[store]") {
  hold_to_contract([] {
    store_under_test made;
    auto late = std::make_unique<late_store>([time = made.time] { return time->now; });
    made.settle = [raw = late.get()] { raw->answer_all(); };
    made.what = std::move(late);
    return made;
  });
}

namespace {

struct ground {
  explicit ground(memory_limits limits) : keep([this] { return now; }, limits) {}

  std::unique_ptr<partition> open(const std::string& channel, retention how = {}, starter by = {}) {
    std::unique_ptr<partition> opened;
    keep.open(channel, how, by, {}, [&](auto got) {
      if (got)
        opened = std::move(*got);
    });
    return opened;
  }
  static void append(partition& to, std::size_t bytes, append_key key = {}) {
    publication p;
    p.data = payload::json_text("\"" + std::string(bytes, 'x') + "\"");
    to.append(std::move(p), std::move(key), [](auto) {});
  }
  static std::size_t kept(partition& of) {
    std::size_t n = 0;
    of.read(0, 1'000, 1 << 30, [&](auto page) { n = page->items.size(); });
    return n;
  }

  std::chrono::system_clock::time_point now{std::chrono::hours{1}};
  memory_store keep;
};

constexpr std::size_t limit = 1 << 20;

} // namespace

TEST_CASE("past the node's bytes what is largest gives way, idle or live; what is small keeps all of it", "[store]") {
  ground g{{limit}};
  const auto idle_epoch = [&] {
    auto inbox = g.open("user:ada", {}, {1, 1});
    for (int i = 0; i < 5; ++i)
      ground::append(*inbox, 200);
    return inbox->epoch();
  }();
  auto modest = g.open("room:modest", {}, {2, 2});
  for (int i = 0; i < 20; ++i)
    ground::append(*modest, 200);
  std::vector<std::unique_ptr<partition>> filled;
  for (int i = 0; i < 30; ++i) {
    filled.push_back(g.open("open:" + std::to_string(i), {}, {3, 3}));
    for (int n = 0; n < 50; ++n)
      ground::append(*filled.back(), 2'000);
    if (i % 3 == 0)
      filled.back().reset();
  }
  CHECK(g.keep.bytes() <= limit);
  CHECK(g.keep.bytes() > limit * 3 / 4); // no more went than had to
  CHECK(ground::kept(*modest) == 20);
  auto inbox = g.open("user:ada");
  CHECK(inbox->epoch() == idle_epoch);
  CHECK(ground::kept(*inbox) == 5);
}

TEST_CASE("who fills many small channels loses theirs, not the larger ones of others", "[store]") {
  ground g{{limit}};
  auto room = g.open("room:large", {}, {1, 1});
  for (int i = 0; i < 100; ++i)
    ground::append(*room, 2'000);
  for (int i = 0; i < 2'000; ++i) // from ten sessions of one address, each channel small
    ground::append(*g.open("open:" + std::to_string(i), {}, {2, 2 + static_cast<std::uint64_t>(i % 10)}), 1'000);
  CHECK(g.keep.bytes() <= limit);
  CHECK(ground::kept(*room) == 100);
}

TEST_CASE("names used once, of channels that say no more, go before any history", "[store]") {
  ground g{{limit}};
  auto room = g.open("room:large", {}, {1, 1});
  for (int i = 0; i < 100; ++i)
    ground::append(*room, 3'000);
  CHECK(ground::kept(*room) == 100);
  for (int i = 0; i < 2'000; ++i)
    (void)g.open("open:" + std::to_string(i), {}, {2, 2});
  CHECK(g.keep.bytes() <= limit);
  CHECK(ground::kept(*room) == 100);
}

TEST_CASE("who holds very many names gives what they say before others do", "[store]") {
  ground g{{limit}};
  auto room = g.open("room:large", {}, {1, 1});
  for (int i = 0; i < 100; ++i)
    ground::append(*room, 1'800);
  std::vector<std::unique_ptr<partition>> names; // each says little, and costs more than that by being there
  const auto hold_one_more = [&] {
    names.push_back(g.open("open:" + std::to_string(names.size()), {}, {2, 2}));
    ground::append(*names.back(), 10);
  };
  while (g.keep.bytes() + 2'000 < limit)
    hold_one_more();
  const auto until_limit = names.size();
  for (int i = 0; i < 60; ++i)
    hold_one_more();
  CHECK(g.keep.bytes() <= limit);
  CHECK(ground::kept(*room) == 100);
  std::size_t said = 0;
  for (std::size_t i = 0; i < until_limit; ++i)
    said += ground::kept(*names[i]);
  CHECK(said < until_limit);
}

TEST_CASE("one channel alone keeps what fits, its oldest go", "[store]") {
  ground g{{limit}};
  auto busy = g.open("busy", {1'000'000, std::chrono::hours{1}, 1u << 30});
  for (int i = 0; i < 200; ++i)
    ground::append(*busy, 20'000);
  CHECK(g.keep.bytes() <= limit);
  CHECK(busy->head() == 200);
  CHECK(ground::kept(*busy) > 20);
  busy->read(0, 1'000, 1 << 30, [&](auto page) {
    CHECK(page->lost);
    CHECK(page->items.back()->offset == 200);
  });
}

TEST_CASE("snapshots of live channels do not push out everybody's history", "[store]") {
  ground g{{limit}};
  auto modest = g.open("modest", {}, {1, 1});
  for (int i = 0; i < 5; ++i)
    ground::append(*modest, 1'000);
  std::vector<std::unique_ptr<partition>> boards;
  while (g.keep.bytes() <= limit) {
    boards.push_back(g.open("board:" + std::to_string(boards.size()), {}, {2, 2}));
    boards.back()->save_snapshot(payload::json_text("\"" + std::string(190'000, 'b') + "\""),
                                 [](const auto& kept) { CHECK(kept); });
  }
  ground::append(*modest, 100);
  modest->read(0, 1'000, 1 << 30, [&](auto page) {
    CHECK_FALSE(page->lost);
    CHECK(page->items.size() == 6);
  });
}

TEST_CASE("snapshots of idle channels go last, those of live ones never", "[store]") {
  ground g{{limit}};
  auto live = g.open("live", {}, {1, 1});
  live->save_snapshot(payload::json_text("\"" + std::string(190'000, 'l') + "\""), [](const auto& kept) { CHECK(kept); });
  const auto idle_epoch = [&] {
    auto idle = g.open("idle", {}, {1, 1});
    idle->save_snapshot(payload::json_text("\"" + std::string(190'000, 'i') + "\""), [](const auto& kept) { CHECK(kept); });
    return idle->epoch();
  }();
  auto filler = g.open("open:filler", {}, {2, 2});
  for (int i = 0; i < 100; ++i)
    ground::append(*filler, 20'000);
  CHECK(g.open("idle")->epoch() == idle_epoch);
  auto second = g.open("second", {}, {1, 1});
  second->save_snapshot(payload::json_text("\"" + std::string(190'000, 's') + "\""), [](const auto& kept) { CHECK(kept); });
  CHECK(g.keep.bytes() <= limit);
  CHECK(g.open("idle")->epoch() != idle_epoch);
  CHECK(live->snapshot());
  CHECK(second->snapshot());
}

TEST_CASE("a name that was used once costs nothing once what it said has expired", "[store]") {
  ground g{{limit, std::chrono::minutes{1}, std::chrono::hours{1}}};
  const retention how{100, std::chrono::minutes{5}, 1 << 20};
  auto p = g.open("room:1", how);
  const auto epoch = p->epoch();
  ground::append(*p, 10);
  p.reset();
  CHECK(g.keep.bytes() > 0);
  g.now += std::chrono::minutes{5};
  g.keep.sweep();
  CHECK(g.keep.idle() == 1); // who comes back now has missed nothing, and is told so
  CHECK(g.open("room:1", how)->epoch() == epoch);
  g.now += std::chrono::minutes{1};
  g.keep.sweep();
  CHECK(g.keep.idle() == 0);
  CHECK(g.keep.bytes() == 0);
  CHECK(g.open("room:1", how)->epoch() != epoch);
}

TEST_CASE("the history of a live channel that is silent expires without being touched", "[store]") {
  ground g{{limit}};
  auto p = g.open("room:1", {100, std::chrono::minutes{5}, 1 << 20});
  const auto bare = g.keep.bytes();
  ground::append(*p, 10'000);
  CHECK(g.keep.bytes() > bare + 10'000);
  g.now += std::chrono::minutes{5};
  g.keep.sweep();
  CHECK(g.keep.bytes() == bare);
  ground::append(*p, 10'000);
  g.now += std::chrono::minutes{5};
  g.keep.sweep();
  CHECK(g.keep.bytes() == bare);
}

TEST_CASE("what a channel says that comes back bare, or under another retention, expires in its own time", "[store]") {
  ground g{{limit, std::chrono::minutes{1}, std::chrono::hours{1}}};
  const retention how{100, std::chrono::minutes{5}, 1 << 20};
  auto p = g.open("room:1", how);
  SECTION("bare but for a snapshot, which would be forgotten in an hour") {
    p->save_snapshot(payload::json_text("7"), [](const auto& kept) { CHECK(kept); });
    p.reset();
    p = g.open("room:1", how);
    const auto bare = g.keep.bytes();
    ground::append(*p, 10'000);
    g.now += std::chrono::minutes{5};
    g.keep.sweep();
    CHECK(g.keep.bytes() == bare);
  }
  SECTION("with a history that was to be kept longer") {
    p.reset();
    p = g.open("room:1", {100, std::chrono::hours{1}, 1 << 20});
    const auto bare = g.keep.bytes();
    ground::append(*p, 10'000);
    p.reset();
    p = g.open("room:1", how);
    g.now += std::chrono::minutes{5};
    g.keep.sweep();
    CHECK(g.keep.bytes() == bare);
  }
}

TEST_CASE("a key is forgotten in its own time, also beside publications that are kept longer", "[store]") {
  ground g{{limit}};
  auto p = g.open("room:1", {100, std::chrono::hours{1}, 1 << 20, std::chrono::minutes{5}});
  ground::append(*p, 10'000);
  ground::append(*p, 10, {"user ada", std::string(100, 'k')}); // little beside what is there
  const auto with_key = g.keep.bytes();
  g.now += std::chrono::minutes{5};
  g.keep.sweep();
  CHECK(g.keep.bytes() <= with_key - 100);
  CHECK(ground::kept(*p) == 2);
}

TEST_CASE("an application's snapshot outlives the history of its idle channel", "[store]") {
  ground g{{limit, std::chrono::minutes{1}, std::chrono::hours{1}}};
  {
    auto p = g.open("room:1");
    p->save_snapshot(payload::json_text("7"), [](const auto& kept) { CHECK(kept); });
  }
  g.now += std::chrono::minutes{59};
  g.keep.sweep();
  CHECK(g.open("room:1")->snapshot()->json() == "7");
  g.now += std::chrono::minutes{61};
  g.keep.sweep();
  CHECK_FALSE(g.open("room:1")->snapshot());
}

TEST_CASE("the bytes of the store are the sum of what its channels keep, whatever happens", "[store]") {
  const auto seed = troupe::test::seed();
  INFO("seed " << seed);
  std::mt19937 dice{seed};
  ground g{{64 * 1024, std::chrono::seconds{5}, std::chrono::seconds{20}}};
  std::map<int, std::unique_ptr<partition>> live;
  for (int step = 0; step < 5'000; ++step) {
    const int which = static_cast<int>(dice() % 50);
    auto& p = live[which];
    if (!p)
      p = g.open("room:" + std::to_string(which), {10, std::chrono::seconds{10}, 1 << 20},
                 {1 + dice() % 3, 1 + dice() % 9});
    REQUIRE(p);
    const auto what = dice() % 10;
    if (what < 6)
      ground::append(*p, dice() % 3'000);
    else if (what < 7)
      p->save_snapshot(payload::json_text("\"" + std::string(dice() % 500, 's') + "\""), [](const auto& kept) { CHECK(kept); });
    else if (what < 9)
      p.reset();
    else
      g.now += std::chrono::milliseconds{dice() % 3'000};
    if (dice() % 20 == 0)
      g.keep.sweep();
    std::size_t sum = 0;
    for (const auto& [name, open] : live)
      sum += open ? open->bytes() : 0;
    REQUIRE(sum <= g.keep.bytes());
  }
  live.clear();
  g.now += std::chrono::hours{1};
  g.keep.sweep();
  g.now += std::chrono::hours{1};
  g.keep.sweep();
  REQUIRE(g.keep.idle() == 0);
  REQUIRE(g.keep.bytes() == 0);
}

TEST_CASE("channels on many threads make room for each other", "[store]") {
  ground g{{limit}}; // some ten thousand for each of 80 channels
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (std::uint64_t t = 0; t < 4; ++t)
    threads.emplace_back([&g, &wrong, t] {
      for (int round = 0; round < 20; ++round) {
        auto p = g.open("room:" + std::to_string(t * 100 + static_cast<std::uint64_t>(round)), {}, {t + 1, t + 1});
        for (int i = 0; i < 50; ++i)
          ground::append(*p, 1'500);
        offset_t last = 0;
        p->read(0, 1'000, 1 << 30, [&](auto page) {
          for (const auto& one : page->items)
            wrong += last != 0 && one->offset != last + 1 ? 1 : 0, last = one->offset;
        });
        wrong += last != 50 ? 1 : 0;
      }
    });
  for (auto& t : threads)
    t.join();
  CHECK(wrong == 0);
  CHECK(g.keep.bytes() <= limit);
}
