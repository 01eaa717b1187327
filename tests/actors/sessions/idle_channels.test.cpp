// Channels that nobody of a shard needs any more go back to the broker, and hold nobody up.

#include "shard_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;
using namespace std::chrono_literals;

TEST_CASE("a channel that nobody needs is given back, one that was used meanwhile is kept", "[shard]") {
  shard_fixture d;
  d.inside().slot("room:2");
  d.pass(4s);
  CHECK(d.released.empty());
  auto* used = d.inside().slot("room:3");
  d.pass(3s);
  CHECK(d.released == std::vector<std::string>{"room:2"});
  d.inside().used(*used);
  d.pass(4s);
  CHECK(d.released.size() == 1);
  d.pass(3s);
  CHECK(d.released == std::vector<std::string>{"room:2", "room:3"});
}

TEST_CASE("thousands of channels that become idle at once are given back in slices, and others have turns between", "[shard]") {
  shard_fixture d;
  constexpr std::size_t many = 1000;
  for (std::size_t i = 0; i < many; ++i)
    d.inside().slot("room:" + std::to_string(i + 2));
  d.pass(4900ms);
  REQUIRE(d.released.empty());

  d.each_look = 1ms; // a slow machine: each look at the clock finds a slice over
  d.pass(200ms);
  CHECK(d.released.size() > 0);
  CHECK(d.released.size() < many / 10);
  for (std::size_t turns = 0; d.inside().flush(); ++turns)
    REQUIRE(turns < many);
  CHECK(d.released.size() == many);
}
