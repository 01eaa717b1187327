#include "actors/sessions/tombstones.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::actors;
using namespace std::chrono_literals;

namespace {

struct graveyard {
  void add(std::uint64_t who, leave_reason why, std::size_t most = 3) {
    all.add(session_id{who}, "secret", {why, "words"}, now += 1s, most);
  }
  [[nodiscard]] std::string known() const {
    std::string line;
    for (std::uint64_t who = 1; who <= 9; ++who)
      line += all.find(session_id{who}, "secret") ? std::to_string(who) : "";
    return line;
  }

  tombstones all;
  tombstones::time now{};
};

} // namespace

TEST_CASE("of ends that are remembered the oldest make way, first those that were nobody's will but the client's") {
  graveyard g;
  g.add(1, leave_reason::kicked);
  g.add(2, leave_reason::left);
  g.add(3, leave_reason::lost);
  g.add(4, leave_reason::left);
  CHECK(g.known() == "134");
  g.add(5, leave_reason::kicked);
  g.add(6, leave_reason::kicked);
  CHECK(g.known() == "156");
  g.add(7, leave_reason::left); // for which there is no room
  CHECK(g.known() == "156");
  g.add(8, leave_reason::kicked);
  CHECK(g.known() == "568");
  g.add(9, leave_reason::kicked, 0);
  CHECK(g.known().empty());
}

TEST_CASE("ends are forgotten in their time, of either kind") {
  graveyard g;
  g.add(1, leave_reason::kicked);
  g.add(2, leave_reason::lost);
  g.add(3, leave_reason::kicked);
  g.all.sweep(g.now - 1s);
  CHECK(g.known() == "3");
  g.all.sweep(g.now);
  CHECK(g.known().empty());
}

TEST_CASE("an end is told to whoever has the secret, and to nobody else") {
  graveyard g;
  g.add(1, leave_reason::kicked);
  REQUIRE(g.all.find(session_id{1}, "secret"));
  CHECK(g.all.find(session_id{1}, "secret")->words == "words");
  CHECK_FALSE(g.all.find(session_id{1}, "sacred"));
  CHECK_FALSE(g.all.find(session_id{1}, ""));
}
