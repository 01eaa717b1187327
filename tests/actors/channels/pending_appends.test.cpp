#include "actors/channels/pending_appends.hpp"
#include "channel_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

TEST_CASE("a point between appends is known once the one before it is answered", "[channel]") {
  pending_appends appends{5};
  std::vector<offset_t> heads;
  const auto note = [&](offset_t head) { heads.push_back(head); };
  appends.at(appends.now(), note);
  CHECK(heads == std::vector<offset_t>{5});
  const auto before = appends.now();
  const auto a = appends.begin();
  const auto between = appends.now();
  const auto b = appends.begin();
  appends.at(appends.now(), note);
  appends.at(between, note);
  appends.at(before, note);
  CHECK(heads == std::vector<offset_t>{5, 5});
  appends.answered(a, 6);
  CHECK(heads == std::vector<offset_t>{5, 5, 6});
  CHECK_FALSE(appends.idle());
  appends.answered(b, 7);
  CHECK(heads == std::vector<offset_t>{5, 5, 6, 7});
  CHECK(appends.idle());
  appends.at(between, note);
  CHECK(heads.back() == 6);
}
