// Who hears of whom that comes and goes.
#include "channel_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

TEST_CASE("who asked for presence is told who is there, itself too, with its answer, and then of others", "[channel]") {
  channel_fixture h;
  h.start();
  actors::join how;
  how.presence = true;
  h.join(1, how);
  CHECK(h.said() == "at 0; s1 in 0 with all +s1");
  h.join(2);
  CHECK(h.said() == "s2 in 0; presence +s2");
  h.join(3, {}, 1);
  CHECK(h.said(1) == "at 0; s3 in 0");
  CHECK(h.said(0) == "presence +s3");
  actors::join back;
  back.who.id = session_id{2};
  h.send({channel_fixture::command(2, actors::leave{leave_reason::lost}), channel_fixture::command(2, back),
          channel_fixture::command(2, actors::leave{leave_reason::lost})});
  CHECK(h.said() == "s2 in 0; presence -s2");
}

TEST_CASE("a list of members and the changes told after it are the truth, whatever happens in one turn", "[channel]") {
  channel_fixture h;
  h.start();
  actors::join reader;
  reader.presence = true;
  h.join(1, reader);
  h.said();
  const auto ask = channel_fixture::command(1, protocol::presence{}, std::int64_t{7});
  SECTION("one that came and is read of and goes") {
    actors::join guest;
    guest.who.id = session_id{2};
    h.send({channel_fixture::command(2, guest), ask, channel_fixture::command(2, actors::leave{leave_reason::lost})});
    CHECK(h.said() == "s2 in 0; s1 reply 7 {\"members\":[{\"session\":\"s1\"},{\"session\":\"s2\"}],\"count\":2,\"more\":false}; "
                      "presence -s2");
  }
  SECTION("one that goes and comes again") {
    h.join(2);
    h.said();
    actors::join guest;
    guest.who.id = session_id{2};
    h.send({channel_fixture::command(2, actors::leave{leave_reason::lost}), ask, channel_fixture::command(2, guest)});
    CHECK(h.said() == "s1 reply 7 {\"members\":[{\"session\":\"s1\"}],\"count\":1,\"more\":false}; s2 in 0; "
                      "presence +s2 -s2");
  }
  SECTION("the object reads the list in between") {
    h.does.leave = nullptr;
    h.does.join = [](probe& p, const member& who, const payload&) {
      p.push(session_id{1}, "count", payload::of(p.members().size()));
      if (who.id.value() == 2)
        p.kick(session_id{3}, "make way");
      return accept();
    };
    actors::join one, two;
    one.who.id = session_id{3}, two.who.id = session_id{2};
    h.send({channel_fixture::command(3, one), channel_fixture::command(2, two)});
    CHECK(h.said() == "s3 in 0; s1 push count 1; s2 in 0; s1 push count 2; s3 left make way; "
                      "presence +s2 -s3");
  }
}

TEST_CASE("changes of presence are told once per interval", "[channel]") {
  fixture_settings how;
  how.settings.channels.presence_interval = milliseconds{200};
  channel_fixture h{how};
  h.start();
  actors::join reader;
  reader.presence = true;
  h.join(1, reader);
  h.join(2);
  h.pass(milliseconds{100});
  h.join(3);
  h.leave(2, leave_reason::lost);
  CHECK(h.said() == "at 0; s1 in 0 with all +s1; s2 in 0; s3 in 0");
  h.pass(milliseconds{90});
  CHECK(h.said().empty());
  h.pass(milliseconds{10});
  CHECK(h.said() == "presence +s3");
  h.join(4, reader); // it is told what is true now, and what changed before that, again
  h.pass(milliseconds{200});
  CHECK(h.said() == "s4 in 0 with all +s1 +s3 +s4; presence +s4");
  h.pass(milliseconds{1000});
  CHECK(h.said().empty());
}

TEST_CASE("members who turn away stay, and are told as changed", "[channel]") {
  channel_fixture h;
  h.start();
  actors::join reader;
  reader.presence = true;
  h.join(1, reader);
  h.join(2);
  h.said();
  const auto turn = [&](bool there) { h.send({channel_fixture::command(2, whereabouts{there}, {})}); };
  turn(false);
  turn(false);
  h.join(3, reader);
  turn(true);
  CHECK(h.said() == "presence away s2; s3 in 0 with all +s1 +s2(away) +s3; presence +s3; presence back s2");
  h.send({channel_fixture::command(1, tell_presence{}, {}), channel_fixture::command(2, tell_presence{}, {})});
  CHECK(h.said() == "s1 presence all +s1 +s2 +s3"); // s2 does not read it
}

TEST_CASE("users come with their first session and are gone with their last", "[channel]") {
  fixture_settings how;
  how.settings.channels.presence_interval = milliseconds{100};
  channel_fixture h{how};
  h.start();
  actors::join reader, ann;
  reader.presence = true;
  ann.who.user = "ann";
  h.join(1, reader);
  h.said();
  const auto told = [&] { return h.pass(milliseconds{100}), h.said(); };
  h.join(2, ann);
  h.join(3, ann);
  CHECK(told() == "s2 in 0; s3 in 0; presence +s2 +s3 came ann");
  h.leave(2, leave_reason::lost);
  CHECK(told() == "presence -s2");
  h.leave(3, leave_reason::lost);
  h.join(4, ann);
  CHECK(told() == "s4 in 0; presence +s4 -s3"); // she was there all the time, as far as anybody was told
  h.leave(4, leave_reason::lost);
  CHECK(told() == "presence -s4 gone ann");
  h.join(5, ann);
  h.join(6, reader); // is told that she is there
  h.leave(5, leave_reason::lost);
  CHECK(told() == "s5 in 0; s6 in 0 with all +s1 +s5 +s6; presence +s6 -s5 gone ann");
}

TEST_CASE("a crowd is counted, and named again when it is half of it", "[channel]") {
  fixture_settings how = {};
  how.settings.limits.presence_members = 4;
  channel_fixture h{how};
  h.start();
  actors::join reader;
  reader.presence = true;
  h.join(1, reader);
  for (std::uint64_t who = 2; who <= 4; ++who)
    h.join(who);
  h.said();
  h.join(5);
  CHECK(h.said() == "s5 in 0; presence 5");
  h.join(6, reader);
  CHECK(h.said() == "s6 in 0 with 6; presence 6");
  h.send({channel_fixture::command(6, whereabouts{false}, {})});
  for (std::uint64_t who = 3; who <= 5; ++who)
    h.leave(who, leave_reason::lost);
  CHECK(h.said() == "presence 5; presence 4; presence 3");
  h.leave(2, leave_reason::lost);
  CHECK(h.said() == "presence all +s1 +s6(away)");
  CHECK(h.announced().find("limit limits.presence_members") != std::string::npos);
}

TEST_CASE("changes are no more than lists: past twice limits.presence_members those who read are told who is there", "[channel]") {
  fixture_settings how = {};
  how.settings.limits.presence_members = 3;
  channel_fixture h{how};
  h.start();
  actors::join reader;
  reader.presence = true;
  h.join(1, reader);
  h.said();
  const auto told_of = [&](std::uint64_t guests) {
    std::vector<channel_command> all;
    for (std::uint64_t who = 2; who < 2 + guests; ++who) {
      actors::join guest;
      guest.who.id = session_id{who};
      all.push_back(channel_fixture::command(who, guest, {}));
      all.push_back(channel_fixture::command(1, protocol::presence{}, std::int64_t{7})); // it is named in a list
      all.push_back(channel_fixture::command(who, actors::leave{leave_reason::lost}));
    }
    h.send(std::move(all));
    const auto said = h.said();
    return said.substr(said.find("presence "));
  };
  CHECK(told_of(6) == "presence -s2 -s3 -s4 -s5 -s6 -s7");
  CHECK(h.announced().find("limit limits.presence_members") == std::string::npos);
  CHECK(told_of(7) == "presence all +s1");
  CHECK(h.announced().find("limit limits.presence_members") != std::string::npos);
  CHECK(told_of(1) == "presence -s2");
}

TEST_CASE("members that come in again over a new actor are told together who is there", "[channel]") {
  channel_fixture h;
  h.start();
  actors::join reader;
  reader.presence = true;
  h.join(1, reader);
  h.join(2, reader);
  h.said();
  h.start();
  reader.again = true;
  auto other = reader;
  reader.who.id = session_id{1}, other.who.id = session_id{2};
  h.send({channel_fixture::command(1, reader, {}), channel_fixture::command(2, other, {})});
  CHECK(h.said() == "at 0; s1 in 0; s2 in 0; presence all +s1 +s2");
}

TEST_CASE("nobody hears of presence where the namespace says no", "[channel]") {
  fixture_settings rights;
  rights.rights.presence = false;
  channel_fixture h{rights};
  h.start();
  actors::join how;
  how.presence = true;
  h.join(1, how);
  h.join(2);
  CHECK(h.said() == "at 0; s1 in 0; s2 in 0");
}

TEST_CASE("lists and changes of presence tell what the channel says of a member", "[channel]") {
  channel_fixture h;
  std::optional<promise> owed;
  h.does.join = [&](probe& p, const member& who, const payload& params) -> join_result {
    if (who.id.value() == 3)
      return later(*(owed = p.promise_answer())).presence(params);
    return accept().presence(params);
  };
  h.start();
  const auto come = [&](std::uint64_t who, const std::string& about, const std::string& user = {}) {
    actors::join how;
    how.presence = who == 1;
    how.params = json(about);
    how.who.user = user;
    h.join(who, how);
  };
  const auto changes = [&] {
    h.said();
    const auto* last = effect_as<presence_changed>(h.at(0).effects.back());
    REQUIRE(last);
    return last->what;
  };
  come(1, "null");
  const auto* in = effect_as<joined>(h.at(0).effects.back());
  REQUIRE((in && in->there));
  CHECK(in->there->joined[0].data.is_null());
  h.said();
  come(2, "{\"nick\":\"B\"}", "bob");
  CHECK(changes().joined[0].user == "bob");
  CHECK(changes().joined[0].data.json() == "{\"nick\":\"B\"}");
  come(3, "3"); // decided later
  owed->reply();
  h.settle();
  CHECK(changes().joined[0].data.json() == "3");
  h.send({channel_fixture::command(1, protocol::presence{}, std::int64_t{7})});
  CHECK(h.said() == R"(s1 reply 7 {"members":[{"session":"s1"},{"session":"s2","user":"bob","data":{"nick":"B"}},)"
                    R"({"session":"s3","data":3}],"count":3,"more":false})");
  h.leave(2, leave_reason::lost);
  CHECK(changes().left[0].user == "bob");
  CHECK(changes().left[0].data.is_null()); // who reads presence knows it
}

TEST_CASE("a channel that would tell more of a member than the limit has failed to let it in", "[channel]") {
  fixture_settings how;
  how.settings.limits.presence_bytes = 200;
  channel_fixture h{how};
  h.does.join = [&](probe&, const member&, const payload& params) { return accept().presence(params); };
  h.start();
  actors::join guest;
  guest.params = json('"' + std::string(200, 'x') + '"');
  h.join(1, guest);
  CHECK(h.said() == "s1 away 1 internal");
  CHECK(h.announced().starts_with("failed join: what is told of a member has at most 200 bytes"));
  guest.params = json("\"x\"");
  h.join(1, guest);
  CHECK(h.said() == "at 0; s1 in 0");
}

TEST_CASE("what a channel says of its members is told for as long as they are in, whatever becomes of the object", "[channel]") {
  channel_fixture h;
  h.does.join = [](probe&, const member&, const payload& params) { return accept().presence(params); };
  h.start();
  actors::join guest;
  guest.params = json("5");
  h.join(1, guest);
  h.said();
  h.runtime->fail_object("told to");
  h.send({channel_fixture::command(1, protocol::presence{}, std::int64_t{7})});
  CHECK(h.said() == R"(s1 reply 7 {"members":[{"session":"s1","data":5}],"count":1,"more":false})");
}

TEST_CASE("a page of members ends at its bytes, data counted", "[channel]") {
  fixture_settings how;
  how.settings.limits.page_bytes = 1200;
  channel_fixture h{how};
  h.does.join = [](probe&, const member&, const payload& params) { return accept().presence(params); };
  h.start();
  for (std::uint64_t who = 1; who <= 4; ++who) {
    actors::join guest;
    std::string text(300, 'x'); // with no room to spare, which would count
    text.front() = text.back() = '"';
    guest.params = json(std::move(text));
    h.join(who, guest);
  }
  h.said();
  h.send({channel_fixture::command(1, protocol::presence{}, std::int64_t{7})});
  const auto page = h.said();
  CHECK(page.find("\"s2\"") != std::string::npos);
  CHECK(page.find("\"s3\"") == std::string::npos);
  CHECK(page.ends_with("\"count\":4,\"more\":true}"));
}
