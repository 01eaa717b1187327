#include "actors/stores/memory_store.hpp"

#include "late_store.hpp"
#include "store_contract.hpp"

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

  std::unique_ptr<partition> open(const std::string& channel, retention how = {}) {
    std::unique_ptr<partition> opened;
    keep.open(channel, how, {}, [&](auto got) {
      if (got)
        opened = std::move(*got);
    });
    return opened;
  }
  static void append(partition& to, std::size_t bytes) {
    publication p;
    p.data = payload::json_text("\"" + std::string(bytes, 'x') + "\"");
    to.append(std::move(p), {}, [](auto) {});
  }

  std::chrono::system_clock::time_point now{std::chrono::hours{1}};
  memory_store keep;
};

} // namespace

TEST_CASE("past the node's bytes the oldest idle partition goes, and its channel gets a new epoch", "[store]") {
  ground g{{100 * 1024, 1000, std::chrono::hours{1}}};
  std::string first;
  for (int i = 0; i < 4; ++i) {
    auto p = g.open("room:" + std::to_string(i));
    first = i == 0 ? p->epoch() : first;
    ground::append(*p, 20'000);
  }
  CHECK(g.keep.idle() <= 4);
  auto busy = g.open("busy");
  for (int i = 0; i < 20; ++i)
    ground::append(*busy, 20'000);
  CHECK(g.keep.bytes() <= 100 * 1024);
  CHECK(g.keep.idle() == 0);
  CHECK(g.open("room:0")->epoch() != first);
  CHECK(busy->head() == 20);
}

TEST_CASE("an idle partition is forgotten when it has been bare for long enough", "[store]") {
  ground g{{1 << 20, 1000, std::chrono::minutes{10}}};
  const retention how{100, std::chrono::minutes{5}, 1 << 20};
  auto p = g.open("room:1", how);
  const auto epoch = p->epoch();
  ground::append(*p, 10);
  p.reset();
  g.now += std::chrono::minutes{14};
  g.keep.sweep();
  CHECK(g.keep.idle() == 1);
  g.now += std::chrono::minutes{2};
  g.keep.sweep(); // its history went after five minutes; noticed at the first sweep after that
  g.now += std::chrono::minutes{10};
  g.keep.sweep();
  CHECK(g.keep.idle() == 0);
  CHECK(g.keep.bytes() == 0);
  CHECK(g.open("room:1", how)->epoch() != epoch);
}

TEST_CASE("idle partitions have a limit, the oldest goes", "[store]") {
  ground g{{1 << 20, 3, std::chrono::hours{1}}};
  for (int i = 0; i < 5; ++i)
    g.open("room:" + std::to_string(i));
  CHECK(g.keep.idle() == 3);
}
