// Numbers of sessions: never given twice, also not by a node that is started anew.

#include "actors/sessions/shard_state.hpp"
#include "testing/node/clients.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

TEST_CASE("a node that is started anew gives later numbers than before, as fast as clients may come") {
  constexpr std::uint64_t now = 1'800'000'000'000, second = 1'000;
  const shard_state before{0, 1, now}, anew{0, 1, now + second};
  CHECK(anew.last_id - before.last_id > config::settings{}.limits.accepts_per_second);
}

TEST_CASE("requests that are no client's use up no numbers of sessions") {
  virtual_node node;
  const auto next = [&](std::uint32_t shard) {
    ws_client one{node, "troupe.v1.json", shard};
    return parse_session_id(one.session())->counter();
  };
  const std::uint64_t before[] = {next(0), next(1)};
  for (int i = 0; i < 5; ++i) {
    api(node, "/api/publish", {{"channel", "open:a"}, {"data", i}});
    for (const auto shard : {0u, 1u}) {
      const auto sent = send_request(node, request("POST", "/send", R"({"userId":"ann","message":1})"), shard);
      REQUIRE(sent->response()->status == 200);
    }
  }
  CHECK(next(0) == before[0] + 1);
  CHECK(next(1) == before[1] + 1);
}
