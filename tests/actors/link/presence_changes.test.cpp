#include "actors/link/presence_changes.hpp"
#include "outbound_items.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

TEST_CASE("who came and went in between is not mentioned", "[link]") {
  presence_changes changes{"room:1"};
  const member a{session_id{1}, "u", {}}, b{session_id{2}, {}, {}}, c{session_id{3}, {}, {}};
  changes.came(a);
  changes.came(b);
  changes.went(b);
  changes.went(c);
  changes.came(c);
  const auto taken_all = changes.take();
  REQUIRE(taken_all);
  CHECK(testing::text_of(presence_changed{*taken_all}) == "presence +s1 +s3 -s3");
  CHECK(taken_all->joined[0].user == "u");
  CHECK_FALSE(changes.take());
}
