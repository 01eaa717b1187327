// Groups of a channel's members, and broadcasts to some alone: who is told, now and on replay.

#include "channel_fixture.hpp"

#include <optional>

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

member as(std::uint64_t who) { return {session_id{who}, {}, {}}; }

std::vector<session_id> sessions(std::initializer_list<std::uint64_t> list) {
  std::vector<session_id> all;
  for (const auto one : list)
    all.emplace_back(one);
  return all;
}

fixture_settings anyone_reads() {
  fixture_settings how;
  how.rights.history = config::permission::anyone;
  return how;
}

nlohmann::json history_of(channel_fixture& h, std::uint64_t who, bool trusted = false) {
  h.send({channel_fixture::command(who, protocol::history{}, std::int64_t{1}, trusted)});
  h.settle();
  const auto& answer = *effect_as<said>(h.at(0).effects.back());
  h.said();
  return std::get<protocol::reply>(answer.what).data.value()["publications"];
}

/// The offsets of what history has for `who`.
std::string offsets_for(channel_fixture& h, std::uint64_t who, bool trusted = false) {
  std::string line;
  for (const auto& p : history_of(h, who, trusted))
    line += (line.empty() ? "" : ",") + std::to_string(p["offset"].get<int>());
  return line;
}

} // namespace

TEST_CASE("what is said to a group is for who is in it when it is said", "[channel]") {
  channel_fixture h;
  h.start();
  for (const std::uint64_t who : {1, 2, 3})
    h.join(who);
  h.said();
  auto& room = h.object();
  CHECK(room.add_to_group(session_id{1}, "red"));
  room.broadcast("e", json("1"), to_group("red"));
  CHECK(room.add_to_group(as(2), "red"));
  CHECK(room.add_to_group(as(2), "red"));
  room.broadcast("e", json("2"), to_group("red"));
  room.remove_from_group(session_id{1}, "red");
  room.remove_from_group(session_id{1}, "red");
  room.broadcast("e", json("3"), to_group("red"));
  room.remove_from_group(as(2), "red");
  room.broadcast("e", json("4"), to_group("red"));
  h.settle();
  CHECK(h.said() == "+1 1 red=s1; +2 2 red=s1,s2; +3 3 red=s2; +4 4 red=");
}

TEST_CASE("only, group and except each narrow whom a broadcast is for, and an empty list is nobody", "[channel]") {
  channel_fixture h;
  h.start();
  for (const std::uint64_t who : {1, 2, 3}) {
    h.join(who);
    h.object().add_to_group(as(who), "red");
  }
  h.said();
  auto& room = h.object();
  room.broadcast("e", json("1"), to_group("red", except(as(1))));
  room.broadcast("e", json("2"), only(as(3), as(1), as(3)));
  room.broadcast("e", json("3"), only(std::vector<session_id>{}));
  room.broadcast("e", json("4"), to_group("red", only(as(1), as(9))));
  room.broadcast("e", json("5"), ephemeral(to_group("red")));
  room.broadcast("e", json("6"), ephemeral(only(sessions({2}))));
  h.settle();
  CHECK(h.said() == "+1 1 red=s1,s2,s3 !s1; +2 2 =s1,s3; +3 3 =; +4 4 red=s1; ~5 red=s1,s2,s3; ~6 =s2");
}

TEST_CASE("who is in a group is in it from within on_join, and out if it is refused", "[channel]") {
  channel_fixture h;
  h.does.join = [](probe& p, const member& who, const payload& params) -> join_result {
    CHECK(p.add_to_group(who, "red"));
    p.broadcast("came", json("1"), to_group("red"));
    if (!params.is_null())
      return refuse("no");
    return accept();
  };
  h.start();
  h.join(1);
  CHECK(h.said() == "at 0; s1 in 0; +1 1 red=s1");
  actors::join how;
  how.params = json("1");
  h.join(2, how);
  CHECK(h.said() == "s2 away 1 refused; +2 1 red=s1,s2");
  CHECK(h.object().sessions_in("red") == sessions({1}));
  CHECK(h.object().groups_of(session_id{2}).empty());
}

TEST_CASE("one whose join is decided later is in its groups meanwhile, and in none once it is not let in", "[channel]") {
  channel_fixture h;
  std::optional<promise> owed;
  h.does.join = [&](probe& p, const member& who, const payload&) -> join_result {
    p.add_to_group(who, "red");
    return later(*(owed = p.promise_answer()));
  };
  h.start();
  h.join(1);
  CHECK(h.object().sessions_in("red") == sessions({1}));
  SECTION("let in") {
    owed->reply();
    h.settle();
    h.object().broadcast("e", json("1"), to_group("red"));
    h.settle();
    CHECK(h.said() == "at 0; s1 in 0; +1 1 red=s1");
  }
  SECTION("refused") {
    owed->refuse(error_code::refused, "no");
    h.settle();
    CHECK(h.object().sessions_in("red").empty());
  }
  SECTION("sent away") {
    h.object().kick(session_id{1});
    h.settle();
    CHECK(h.object().sessions_in("red").empty());
  }
  SECTION("left before the answer") {
    h.leave(1);
    CHECK(h.object().sessions_in("red").empty());
  }
  SECTION("its object is gone before the answer") {
    h.runtime->fail_object("killed");
    h.settle();
    CHECK(h.object().sessions_in("red").empty());
  }
}

TEST_CASE("groups end with membership", "[channel]") {
  channel_fixture h;
  std::vector<std::string> at_leave{"unheard"};
  h.does.leave = [&](probe& p, const member& who, leave_reason) { at_leave = p.groups_of(who.id); };
  h.start();
  h.join(1);
  h.join(2);
  h.object().add_to_group(as(1), "red");
  h.object().add_to_group(as(1), "blue");
  h.object().add_to_group(as(2), "red");
  CHECK(h.object().groups_of(session_id{1}) == std::vector<std::string>{"blue", "red"});
  h.leave(1);
  CHECK(at_leave.empty());
  CHECK(h.object().sessions_in("red") == sessions({2}));
  CHECK(h.object().sessions_in("blue").empty());
  h.join(1);
  CHECK(h.object().groups_of(session_id{1}).empty());
  h.said();
  h.object().kick(session_id{2});
  h.object().broadcast("e", json("1"), to_group("red")); // said after the kick, though on_leave was not heard yet
  h.settle();
  CHECK(h.said() == "s2 left kicked; +1 1 red=");
}

TEST_CASE("who is neither in nor joining is put into no group", "[channel]") {
  channel_fixture h;
  h.start();
  CHECK_FALSE(h.object().add_to_group(session_id{1}, "red"));
  h.join(1);
  h.leave(1);
  CHECK_FALSE(h.object().add_to_group(session_id{1}, "red"));
  h.object().remove_from_group(session_id{1}, "red");
  CHECK(h.object().sessions_in("red").empty());
}

TEST_CASE("members keep their groups when a new object takes over, and get them from on_join when the actor is new",
          "[channel]") {
  channel_fixture h;
  h.does.join = [](probe& p, const member& who, const payload&) -> join_result {
    p.add_to_group(who, "red");
    return accept();
  };
  h.start();
  h.join(1);
  h.object().add_to_group(as(1), "later");
  h.runtime->fail_object("killed");
  h.settle();
  REQUIRE(h.object_count() == 2);
  CHECK(h.object().groups_of(session_id{1}) == std::vector<std::string>{"later", "red"});
  h.said();
  h.object().broadcast("e", json("1"), to_group("later"));
  h.settle();
  CHECK(h.said() == "+1 1 later=s1");
  h.start(); // what on_join does not know is for the snapshot to say
  CHECK(h.object().sessions_in("red").empty());
  auto again = h.since(1);
  again.again = true;
  h.join(1, again);
  CHECK(h.object().groups_of(session_id{1}) == std::vector<std::string>{"red"});
}

TEST_CASE("groups are bounded: what would pass a limit throws and changes nothing", "[channel]") {
  fixture_settings how;
  how.settings.limits.groups_per_channel = 3;
  how.settings.limits.groups_per_member = 2;
  how.settings.limits.members_per_group = 2;
  how.settings.limits.only_sessions = 2;
  channel_fixture h{how};
  h.start();
  for (const std::uint64_t who : {1, 2, 3})
    h.join(who);
  auto& room = h.object();
  room.add_to_group(as(1), "a");
  room.add_to_group(as(1), "b");
  CHECK_THROWS_AS(room.add_to_group(as(1), "c"), std::length_error);
  CHECK_NOTHROW(room.add_to_group(as(1), "b")); // is in it
  room.add_to_group(as(2), "a");
  CHECK_THROWS_AS(room.add_to_group(as(3), "a"), std::length_error);
  room.add_to_group(as(3), "c");
  CHECK_THROWS_AS(room.add_to_group(as(3), "d"), std::length_error);
  CHECK(room.groups_of(session_id{3}) == std::vector<std::string>{"c"});
  room.remove_from_group(as(3), "c"); // the last one in it
  CHECK_NOTHROW(room.add_to_group(as(3), "d"));
  CHECK_THROWS_AS(room.broadcast("e", json("1"), only(as(1), as(2), as(3))), std::invalid_argument);
  CHECK_NOTHROW(room.broadcast("e", json("1"), only(as(1), as(2))));
}

TEST_CASE("a group's name is a text, and one that is none is never taken for everybody", "[channel]") {
  channel_fixture h;
  h.start();
  h.join(1);
  h.said();
  for (const auto& name : {std::string{}, std::string(65, 'x'), std::string{"a\nb"}}) {
    CHECK_THROWS_AS(h.object().add_to_group(as(1), name), std::invalid_argument);
    CHECK_THROWS_AS(h.object().broadcast("e", json("1"), to_group(name)), std::invalid_argument);
  }
  CHECK(h.object().add_to_group(as(1), std::string(64, 'x')));
  h.settle();
  CHECK(h.said().empty());
}

TEST_CASE("what waits for the state to be kept is for who was in the group when broadcast was called", "[channel]") {
  fixture_settings how;
  how.late = true;
  channel_fixture h{how};
  h.does.snapshot = [] { return std::optional{json("1")}; };
  h.does.calls["go"] = [](probe& p, const member& who, const payload&) -> call_result {
    p.add_to_group(who, "red");
    p.broadcast("e", json("1"), after_save(to_group("red")));
    p.remove_from_group(who, "red");
    return done();
  };
  h.start();
  h.join(1);
  h.keep->answer_all();
  h.said();
  h.call(1, "go");
  std::string all;
  for (int i = 0; i < 4; ++i) {
    h.keep->answer_all();
    h.settle();
    all += h.said();
  }
  INFO(all);
  CHECK(all.find("+1 1 red=s1") != std::string::npos);
}

TEST_CASE("replays and histories have for each reader what was for it when it was said", "[channel]") {
  channel_fixture h{anyone_reads()};
  h.start();
  for (const std::uint64_t who : {1, 2})
    h.join(who);
  auto& room = h.object();
  room.add_to_group(as(1), "red");
  room.broadcast("e", json("1"), to_group("red"));
  room.broadcast("e", json("2"));
  room.broadcast("e", json("3"), only(as(2)));
  room.broadcast("e", json("4"), except(as(2)));
  h.settle();
  CHECK(offsets_for(h, 1) == "1,2,4");
  CHECK(offsets_for(h, 2) == "2,3");
  CHECK(offsets_for(h, 9) == "2,4"); // was never here
  h.join(3, h.since(0));
  CHECK(h.said() == "s3 in 0 recovered [2,4]");
  room.add_to_group(as(3), "red"); // later: what was said to it before stays unheard
  CHECK(offsets_for(h, 3) == "2,4");
  room.remove_from_group(as(1), "red"); // and what it was told stays its own
  CHECK(offsets_for(h, 1) == "1,2,4");
  h.leave(2);
  h.said();
  h.join(2, h.since(0)); // the same session
  CHECK(h.said() == "s2 in 0 recovered [2,3]");
}

TEST_CASE("an operator reads all of it, and whom it was for; a client is not told", "[channel]") {
  channel_fixture h{anyone_reads()};
  h.start();
  for (const std::uint64_t who : {1, 2})
    h.join(who);
  auto& room = h.object();
  room.add_to_group(as(1), "red");
  room.add_to_group(as(2), "red");
  room.broadcast("e", json("1"), to_group("red", except(as(2))));
  room.broadcast("e", json("2"), only(as(2)));
  room.broadcast("e", json("3"));
  h.settle();
  CHECK(offsets_for(h, 1, true) == "1,2,3"); // a shard's number for the request, which is nobody's session
  const auto all = history_of(h, 1, true);
  CHECK(all[0]["group"] == "red");
  CHECK(all[0]["only"] == nlohmann::json::array({"s1", "s2"}));
  CHECK(all[0]["except"] == nlohmann::json::array({"s2"}));
  CHECK(all[1]["only"] == nlohmann::json::array({"s2"}));
  CHECK_FALSE(all[1].contains("group"));
  CHECK_FALSE(all[1].contains("except"));
  CHECK_FALSE(all[2].contains("only"));
  const auto own = history_of(h, 1);
  REQUIRE(own.size() == 2);
  for (const char* key : {"group", "only", "except"})
    CHECK_FALSE(own[0].contains(key));
}

TEST_CASE("publications to a group share whom they are for until the group changes", "[channel]") {
  channel_fixture h;
  h.start();
  h.join(1);
  h.join(2);
  auto& room = h.object();
  room.add_to_group(as(1), "red");
  room.broadcast("e", json("1"), to_group("red"));
  room.broadcast("e", json("2"), to_group("red"));
  room.add_to_group(as(2), "red");
  room.broadcast("e", json("3"), to_group("red"));
  h.settle();
  std::vector<publication_ptr> kept;
  room.history(3, [&](const auto& all) { kept = all; });
  h.settle();
  REQUIRE(kept.size() == 3);
  CHECK(kept[0]->only == kept[1]->only);
  CHECK(kept[0]->only != kept[2]->only);
  CHECK(kept[0]->is_for(session_id{}));
  CHECK(kept[2]->size() > kept[0]->size()); // counted
}
