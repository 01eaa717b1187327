#include "channel_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

/// The offsets of a history reply, its head, whether it went on from `since`, and whether there is more: "1,2 of 5 more".
std::string history(channel_fixture& h, const protocol::history& what, std::uint64_t who = 1, bool trusted = false) {
  h.send({channel_fixture::command(who, what, std::int64_t{1}, trusted)});
  h.settle();
  const auto& e = *effect_as<said>(h.at(0).effects.back());
  h.said();
  if (const auto* no = std::get_if<protocol::error>(&e.what))
    return std::to_string(static_cast<int>(no->why.code));
  const auto body = std::get<protocol::reply>(e.what).data.value();
  std::string line;
  for (const auto& p : body["publications"])
    line += (line.empty() ? "" : ",") + std::to_string(p["offset"].get<int>());
  line += " of " + std::to_string(body["offset"].get<int>());
  if (what.since)
    line += body["recovered"].get<bool>() ? " on" : " anew";
  return line + (body["more"].get<bool>() ? " more" : "");
}

} // namespace

TEST_CASE("history is read from its end, before and since, a page at a time", "[channel]") {
  channel_fixture h;
  h.start();
  h.join(1);
  CHECK(history(h, {}) == " of 0");
  for (int i = 1; i <= 5; ++i)
    h.object().broadcast("e", json("1"));
  const auto epoch = h.runtime->describe().epoch;
  CHECK(history(h, {}) == "1,2,3,4,5 of 5");
  CHECK(history(h, {"", {}, {}, 2}) == "4,5 of 5 more");
  CHECK(history(h, {"", {}, 4, 2}) == "2,3 of 5 more");
  CHECK(history(h, {"", {}, 2, 2}) == "1 of 5");
  CHECK(history(h, {"", {}, 1, 2}) == " of 5");
  CHECK(history(h, {"", position{epoch, 0}, {}, 2}) == "1,2 of 5 on more");
  CHECK(history(h, {"", position{epoch, 3}, {}, 2}) == "4,5 of 5 on");
  CHECK(history(h, {"", position{"other", 3}, {}, 9}) == "1,2,3,4,5 of 5 anew");
  CHECK(history(h, {"", position{epoch, 99}, {}, 9}) == "1,2,3,4,5 of 5 anew");
}

TEST_CASE("a history or presence of nothing says where the channel stands", "[channel]") {
  channel_fixture h;
  h.start();
  h.join(1);
  CHECK(history(h, {"", {}, {}, 0}) == " of 0");
  h.object().broadcast("e", json("1"));
  h.object().broadcast("e", json("1"), except(member{session_id{2}, {}, {}}));
  const auto epoch = h.runtime->describe().epoch;
  h.join(2);
  CHECK(history(h, {"", {}, {}, 0}) == " of 2 more");
  CHECK(history(h, {"", position{epoch, 0}, {}, 0}) == " of 2 on more");
  CHECK(history(h, {"", position{epoch, 1}, {}, 0}, 2) == " of 2 on"); // what is there is not for this reader
  h.said();
  h.send({channel_fixture::command(1, protocol::presence{"", {}, 0})});
  CHECK(h.said() == R"(s1 reply 1 {"members":[],"more":true})");
}

TEST_CASE("history that goes on from a position says whether anything after it is gone", "[channel]") {
  fixture_settings how;
  how.rights.history_size = 3;
  channel_fixture h{how};
  h.start();
  h.join(1);
  for (int i = 1; i <= 5; ++i)
    h.object().broadcast("e", json("1"));
  const auto epoch = h.runtime->describe().epoch;
  CHECK(history(h, {"", position{epoch, 2}, {}, 9}) == "3,4,5 of 5 on");
  CHECK(history(h, {"", position{epoch, 1}, {}, 9}) == "3,4,5 of 5 anew");
  CHECK(history(h, {"", position{epoch, 5}, {}, 9}) == " of 5 on");
}

TEST_CASE("history leaves out what was not for its reader, and never looks empty before its end", "[channel]") {
  channel_fixture h;
  h.start();
  h.join(1);
  h.object().broadcast("e", json("1"));
  for (int i = 2; i <= 90; ++i)
    h.object().broadcast("e", json("1"), except(member{session_id{1}, {}, {}}));
  const auto epoch = h.runtime->describe().epoch;
  CHECK(history(h, {"", {}, {}, 1}) == "1 of 90");
  h.object().broadcast("e", json("1"));
  CHECK(history(h, {"", position{epoch, 1}, {}, 1}) == "91 of 91 on");
  CHECK(history(h, {"", {}, 91, 5}) == "1 of 91");
}

TEST_CASE("a long history of which nothing is for its reader keeps nobody waiting", "[channel]") {
  fixture_settings how;
  how.rights.history_size = 1000;
  channel_fixture h{how};
  h.start();
  h.join(1);
  h.join(2, {}, 1);
  h.object().broadcast("e", json("1"));
  for (int i = 2; i <= 640; ++i)
    h.object().broadcast("e", json("1"), except(member{session_id{1}, {}, {}}));
  h.settle();
  h.said(), h.said(1);
  SECTION("from its end") {
    h.send({channel_fixture::command(1, protocol::history{"", {}, {}, 1})});
  }
  SECTION("from a position") {
    h.send({channel_fixture::command(1, protocol::history{"", position{h.runtime->describe().epoch, 1}, {}, 9})});
  }
  SECTION("of one that comes in") {
    h.leave(1);
    h.settle();
    h.said();
    h.join(1, h.since(1));
  }
  CHECK(h.said().empty());
  h.leave(2, leave_reason::left, 1);
  CHECK(h.said(1) == "s2 left left");
  CHECK(h.said().empty()); // a page a turn
  h.settle();
  CHECK(h.said().starts_with("s1 "));
}

TEST_CASE("a page of history is bounded in bytes", "[channel]") {
  fixture_settings how;
  const auto data = payload::of(std::string(1800, 'x'));
  how.settings.limits.page_bytes = 2 * (sizeof(publication) + 1 + data.size());
  channel_fixture h{how};
  h.start();
  h.join(1);
  for (int i = 1; i <= 10; ++i)
    h.object().broadcast("e", data);
  CHECK(history(h, {}) == "9,10 of 10 more");
}

TEST_CASE("who may read history is the namespace's to say; the node may", "[channel]") {
  fixture_settings how;
  how.rights.history = GENERATE(config::permission::anyone, config::permission::members, config::permission::nobody);
  channel_fixture h{how};
  h.start();
  h.join(1);
  h.object().broadcast("e", json("1"));
  h.settle();
  const auto member = history(h, {}, 1), stranger = history(h, {}, 2);
  CHECK((member == "1 of 1") == (how.rights.history != config::permission::nobody));
  CHECK((stranger == "1 of 1") == (how.rights.history == config::permission::anyone));
  CHECK(history(h, {}, 7000, true) == "1 of 1");
}

TEST_CASE("presence pages through the members", "[channel]") {
  channel_fixture h;
  h.start();
  for (std::uint64_t who : {1, 2, 3, 10})
    h.join(who);
  h.said();
  const auto read = [&](std::optional<std::string> since, std::optional<std::uint32_t> limit, std::uint64_t who = 1) {
    h.send({channel_fixture::command(who, protocol::presence{"", std::move(since), limit})});
    return h.said();
  };
  CHECK(read({}, 2) == R"(s1 reply 1 {"members":[{"session":"s1"},{"session":"s2"}],"more":true})");
  CHECK(read("s2", 9) == R"(s1 reply 1 {"members":[{"session":"s3"},{"session":"s10"}],"more":false})");
  CHECK(read("s10", 9) == R"(s1 reply 1 {"members":[],"more":false})");
  CHECK(read("ten", 9) == "s1 error 1 bad_message");
  CHECK(read({}, 9, 77) == "s77 error 1 not_joined");
}
