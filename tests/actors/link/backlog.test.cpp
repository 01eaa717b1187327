#include "actors/link/backlog.hpp"
#include "actors/link/effect_size.hpp"
#include "outbound_items.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

TEST_CASE("a backlog releases publications from the store with private items at their places", "[link]") {
  backlog b{1000, 2};
  b.take(to(1, "0"));
  b.take(said_to_all(3));
  b.take(to(1, "1"));
  b.take(said_to_all(0));
  b.take(said_to_all(4));
  b.take(outbound_item{std::nullopt, session_id{1}, 5});
  CHECK(b.wants_page());
  CHECK(b.ephemeral_dropped() == 1);
  CHECK(texts(b.release({{numbered(3)}, true, false}, "e")) == "s1 reply 1 0;+3 3;s1 reply 1 1;");
  CHECK(b.cursor() == 3);
  CHECK(texts(b.release({{numbered(4), numbered(5)}, false, false}, "e")) == "+4 4;done;");
  CHECK(b.empty());
  CHECK(b.bytes() == 0);
}

TEST_CASE("a backlog whose store has lost all skips to where the stream is", "[link]") {
  backlog b{1000, 2};
  b.take(said_to_all(3));
  b.take(to(1, "1"));
  history_page none;
  none.lost = true;
  CHECK(texts(b.release(none, "e")) == "at 3;s1 reply 1 1;");
  CHECK(b.empty());
}

TEST_CASE("a session past the bound loses what waits for it unasked, and its commands are told busy", "[link]") {
  backlog b{4 * size_of(*to(1, "1").what), 0};
  auto mine = to(1, "1");
  mine.done = 7;
  b.take(mine);
  b.take(to(2, "2"));
  b.take(to(1, "3"));
  CHECK(b.take_overflowed().empty());
  for (int i = 0; i < 3; ++i)
    b.take(to(1, "4"));
  CHECK(b.take_overflowed() == std::vector<session_id>{session_id{1}});
  b.take(to(1, "5"));
  CHECK(b.take_overflowed().empty());
  b.take({left{session_id{1}, {{}, "room:1", "overflow"}, leave_reason::lost}, session_id{1}, 0});
  CHECK(texts(b.release({}, "e")) == "s1 error 1 busy;s2 reply 1 2;s1 left overflow;");
}

TEST_CASE("whatever a full backlog drops, every command has its answer and every member its last word", "[link]") {
  const std::string long_text = "\"" + std::string(4000, 'x') + "\"";
  const auto filler = to(9, long_text.c_str());
  backlog b{size_of(*filler.what) + 10, 0};
  b.take(filler);
  joined in{session_id{1}, {std::int64_t{1}, "room:1", {"e", 0}, {}, {}}, {}, false, false};
  in.replay.items = {numbered(1), numbered(2)};
  b.take({in, session_id{1}, 1});
  b.take({join_refused{session_id{2}, {std::int64_t{1}, {error_code::refused, "no"}, "room:1"}}, session_id{2}, 2});
  b.take({left{session_id{1}, {std::int64_t{3}, "room:1", "left"}, leave_reason::left}, session_id{1}, 3});
  read_page next{session_id{1}, {}};
  next.replay.items = {numbered(3)};
  b.take({next, session_id{1}, 4});
  auto reply = to(1, long_text.c_str());
  reply.done = 5;
  b.take(reply);
  for (int i = 0; i < 3; ++i)
    b.take(to(1, long_text.c_str())); // unasked: these may go
  CHECK(b.take_overflowed() == std::vector<session_id>{session_id{1}});
  const auto said = texts(b.release({}, "e"));
  CHECK(said.substr(said.find(";s1") + 1) ==
        "s1 in 0 [...;s2 away 1 refused;s1 left left;s1 page [...;s1 error 1 busy;");
}

TEST_CASE("a join that cannot be told what it was let in with is taken out again", "[link]") {
  backlog b{4096, 0};
  const auto data = json("\"" + std::string(8000, 'x') + "\"");
  b.take({joined{session_id{1}, {std::int64_t{1}, "room:1", {"e", 0}, {}, data}, {}, false}, session_id{1}, 1});
  CHECK(b.take_overflowed() == std::vector<session_id>{session_id{1}});
  b.take({left{session_id{1}, {{}, "room:1", "overflow"}, leave_reason::lost}, session_id{1}, 0});
  CHECK(texts(b.release({}, "e")) == "s1 in 0;s1 left overflow;");
  CHECK(b.bytes() == 0);
}

TEST_CASE("presence changes are not merged across an answer, which may be a list of who is there", "[link]") {
  const auto came = [](std::uint64_t who) {
    return outbound_item{presence_changed{{"room:1", {{session_id{who}, {}, {}}}, {}}}, {}, 0};
  };
  const auto went = [](std::uint64_t who) {
    return outbound_item{presence_changed{{"room:1", {}, {{session_id{who}, {}, {}}}}}, {}, 0};
  };
  backlog b{4096, 0};
  b.take(came(2));
  b.take(came(3));
  b.take(went(3)); // nobody can have read of it
  auto list = to(1, "2");
  list.done = 1;
  b.take(list);
  b.take(went(2));
  b.take(came(4));
  CHECK(texts(b.release({}, "e")) == "presence +s2;s1 reply 1 2;presence +s4 -s2;");
}
