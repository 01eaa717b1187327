// Who hears of whom that comes and goes.
#include "channel_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

TEST_CASE("who asked for presence hears of others and of itself after its answer", "[channel]") {
  channel_fixture h;
  h.start();
  actors::join how;
  how.presence = true;
  h.join(1, how);
  CHECK(h.said() == "at 0; s1 in 0; presence +s1");
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
    CHECK(h.said() == "s2 in 0; presence +s2; "
                      "s1 reply 7 {\"members\":[{\"session\":\"s1\"},{\"session\":\"s2\"}],\"more\":false}; presence -s2");
  }
  SECTION("one that goes and comes again") {
    h.join(2);
    h.said();
    actors::join guest;
    guest.who.id = session_id{2};
    h.send({channel_fixture::command(2, actors::leave{leave_reason::lost}), ask, channel_fixture::command(2, guest)});
    CHECK(h.said() == "presence -s2; s1 reply 7 {\"members\":[{\"session\":\"s1\"}],\"more\":false}; s2 in 0; "
                      "presence +s2");
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
    CHECK(h.said() == "s3 in 0; s1 push count 1; s2 in 0; presence +s3; s1 push count 2; s3 left make way; "
                      "presence +s2 -s3");
  }
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
