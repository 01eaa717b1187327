#include "actors/sessions/detached_sessions.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::actors;

TEST_CASE("of those who are away the owner with most makes room, whoever comes; where all have one, who is away longest") {
  detached_sessions all;
  const auto honest = all.add(session_id{1}, "ann");
  std::vector<detached_sessions::place> many;
  for (std::uint64_t i = 2; i <= 4; ++i)
    many.push_back(all.add(session_id{i}, "@9"));
  all.add(session_id{5}, "bob");
  CHECK(all.first_to_go() == session_id{2});
  all.remove(many[0]);
  CHECK(all.first_to_go() == session_id{3});
  all.remove(many[1]);
  CHECK(all.first_to_go() == session_id{1});
  all.remove(honest);
  CHECK(all.first_to_go() == session_id{4});
  CHECK(all.size() == 2);
}
