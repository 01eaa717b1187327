/// What sessions cost in memory: there may be very many.

#include "tests/actors/virtual_node/scene.hpp"

#include <malloc.h>

using namespace troupe::actors::testing;
using troupe::actors::log_level;

TEST_CASE("a session whose client is away costs at most 2 KiB, its subscription and its place in the channel included") {
  constexpr std::size_t many = 1000;
  virtual_node node{{}, test_settings(), 1};
  node.log().least = log_level::error; // it keeps every line
  const auto come_and_go = [&](std::size_t clients) {
    for (std::size_t i = 0; i < clients; ++i) {
      ws_client c{node};
      c.join("open:a", {});
      c.lose_connection();
    }
    node.settle();
  };
  come_and_go(10);
  const auto before = mallinfo2().uordblks;
  come_and_go(many);
  REQUIRE(node.counters(0).sessions_detached == many + 10);
  if (before == 0)
    return; // a sanitizer's allocator does not tell
  const auto each = (mallinfo2().uordblks - before) / many;
  INFO(each << " bytes");
  CHECK(each <= 2048);
}
