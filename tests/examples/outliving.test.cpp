// What the examples confirmed outlives a crash of their channels, and a job goes on when nobody looks.

#include "examples/chat/room.hpp"
#include "examples/progress/job.hpp"
#include "examples/whiteboard/board.hpp"
#include "tests/actors/channels/channel_fixture.hpp"

using namespace troupe;
using troupe::actors::testing::json;
using troupe::actors::testing::fixture_settings;
using stage = troupe::actors::testing::channel_fixture;

namespace {

fixture_settings open_to_members() {
  fixture_settings how;
  how.rights.publish = config::permission::members;
  return how;
}

template <class Channel>
void serve(stage& h) {
  h.parts->make = [](const std::string&) { return std::make_unique<Channel>(); };
  h.start();
}

actors::join entry(const std::string& params) {
  actors::join how;
  how.params = json(params);
  return how;
}

} // namespace

TEST_CASE("a topic that was confirmed is what newcomers hear after a crash") {
  stage h;
  serve<examples::room>(h);
  h.join(1, entry(R"({"name":"Ada","client":"a"})"));
  h.said();
  h.call(1, "topic", json(R"({"text":"Engines"})"));
  CHECK(h.said().find("s1 reply 1 null") != std::string::npos);
  h.runtime->fail_object("test");
  h.join(2, entry(R"({"name":"Bob","client":"b"})"));
  CHECK(h.said().find(R"("topic":"Engines")") != std::string::npos);
}

TEST_CASE("a stroke that was confirmed is on the board of newcomers after a crash") {
  stage h{open_to_members()};
  serve<examples::board>(h);
  h.join(1);
  protocol::publish p;
  p.event = "draw";
  p.data = payload::binary(std::string{"\x01\x00\x01\x04", 4} + std::string(8, 'p'));
  h.said();
  h.send({stage::command(1, p)});
  CHECK(h.said().find("s1 reply 1 {") != std::string::npos);
  h.runtime->fail_object("test");
  h.join(2);
  CHECK(h.said().find(R"(s2 push begin {"pages":1,"pieces":1})") != std::string::npos);
}

TEST_CASE("a count that was confirmed goes on after a crash, and when nobody looks") {
  stage h;
  serve<examples::job>(h);
  h.join(1);
  h.call(1, "start", json(R"({"up_to":100000})"));
  h.runtime->fail_object("test");
  h.leave(1);
  CHECK_FALSE(h.runtime->retire());
  h.pass(std::chrono::seconds{1});
  h.join(2);
  const auto said = h.said();
  CHECK(said.find(R"("found":9592,"largest":99991,"looked_at":100000,"state":"done")") != std::string::npos);
  CHECK(h.runtime->retire());
}
