// What is said beside a class reaches every key that a namespace has.

#include "actors/node/node_settings.hpp"
#include "config/keys.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

namespace troupe::actors {

TEST_CASE("every key of a namespace but pattern and kind can be said beside a class, and none that is not said is") {
  using namespace std::chrono_literals;
  channel_options all;
  all.subscribe = all.publish = all.call = all.send = all.read_history = nobody;
  all.history = {7, 3h, 4096, true};
  all.presence = false;
  all.cross_origin = true;
  all.overflow = when_behind::disconnect;
  all.rate = {20, 40};
  const auto said = values_of(all);
  config::name_space made;
  for (const auto& k : config::namespace_keys()) {
    if (k.name == "pattern" || k.name == "kind")
      continue;
    INFO(k.name);
    const auto found = std::find_if(said.begin(), said.end(), [&](const auto& one) { return one.first == k.name; });
    REQUIRE(found != said.end());
    k.set(made, found->second);
  }
  CHECK(made.publish == config::permission::nobody);
  CHECK(made.history == config::permission::nobody);
  CHECK(made.history_size == 7);
  CHECK(made.history_ttl == 3h);
  CHECK(made.history_bytes == 4096);
  CHECK(made.history_store == config::history_place::disk);
  CHECK_FALSE(made.presence);
  CHECK(made.cross_origin);
  CHECK(made.overflow == config::overflow_policy::disconnect);
  CHECK(made.commands_per_second == 20);
  CHECK(made.commands_burst == 40);
  CHECK(values_of({}).empty());
}

} // namespace troupe::actors
