#include "actors/sessions/detached_sessions.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::actors;

TEST_CASE("of those who are away the owner with most makes room, whoever comes; where all have one, who is away longest") {
  detached_sessions all;
  const auto honest = all.add(session_id{1}, "ann", 0);
  std::vector<detached_sessions::place> many;
  for (std::uint64_t i = 2; i <= 4; ++i)
    many.push_back(all.add(session_id{i}, "@9", 0));
  all.add(session_id{5}, "bob", 0);
  CHECK(all.first_to_go() == session_id{2});
  all.remove(many[0]);
  CHECK(all.first_to_go() == session_id{3});
  all.remove(many[1]);
  CHECK(all.first_to_go() == session_id{1});
  all.remove(honest);
  CHECK(all.first_to_go() == session_id{4});
  CHECK(all.size() == 2);
}

TEST_CASE("who holds most of the owner that holds most gives back bytes; of those that hold as much the eldest") {
  detached_sessions all;
  const auto ann = all.add(session_id{1}, "ann", 10);
  all.weigh(ann, 500);
  std::vector<detached_sessions::place> many;
  for (std::uint64_t i = 2; i <= 5; ++i)
    many.push_back(all.add(session_id{i}, "@9", i < 4 ? 200 : 100));
  CHECK(all.bytes() == 1100);
  CHECK(all.heaviest() == session_id{2});
  all.remove(many[0]);
  CHECK(all.heaviest() == session_id{1});
  all.weigh(many[3], 350);
  CHECK(all.bytes() == 1150);
  CHECK(all.heaviest() == session_id{5});
  all.weigh(many[3], 0);
  CHECK(all.heaviest() == session_id{1});
  all.remove(ann);
  CHECK(all.heaviest() == session_id{3});
  for (const auto i : {1, 2, 3})
    all.remove(many[static_cast<std::size_t>(i)]);
  CHECK(all.bytes() == 0);
  CHECK(all.size() == 0);
}
