// Promise 7: one encode. A publication is encoded once per wire form and shard, never once per subscriber.

#include "tests/actors/virtual_node/scene.hpp"

#include "actors/sessions/shard.hpp"

using namespace troupe::actors::testing;

TEST_CASE("a publication is encoded once per wire form and shard, however many read it") {
  virtual_node node;
  std::vector<std::unique_ptr<reader>> readers;
  for (int i = 0; i < 40; ++i)
    for (const auto& t : all_transports()) {
      readers.push_back(t.make(node, static_cast<std::uint32_t>(i % 2)));
      readers.back()->join("open:a");
    }
  constexpr int count = 30;
  for (int i = 1; i <= count; ++i) {
    publish_numbers(node, "open:a", i, i);
    for (const auto& r : readers)
      REQUIRE(r->publications().size() == static_cast<std::size_t>(i));
  }
  for (std::uint32_t shard = 0; shard < 2; ++shard) {
    INFO("shard " << shard);
    // ws_json, ws_msgpack, sse_data, poll
    REQUIRE(node.shard_at(shard).slot("open:a")->log.encodings() == 4 * count);
  }
}
