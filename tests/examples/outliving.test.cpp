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

TEST_CASE("a board and what is heard of it agree, whatever is drawn, cleared and entered in one turn") {
  stage h{open_to_members()};
  serve<examples::board>(h);
  h.join(1);
  const auto draw = [](char stroke) {
    protocol::publish p;
    p.event = "draw";
    p.data = payload::binary(std::string{stroke, '\0', '\1', '\4'} + std::string(8, 'p'));
    return stage::command(1, p, {});
  };
  const auto clear = stage::command(1, protocol::call{"room:1", "clear", {}, std::nullopt}, {});
  const auto newcomer = [](std::uint64_t who) {
    actors::join how;
    how.who.id = session_id{who};
    return stage::command(who, how);
  };
  h.said();
  h.send({draw(1), newcomer(2), clear, draw(2), draw(3), newcomer(3), draw(4)});
  const auto events = [&] { // in the order in which they are heard
    std::string text;
    for (const auto& e : h.at(0).effects)
      if (const auto* p = actors::effect_as<actors::published>(e))
        text += p->what->event == "draw" ? std::to_string(p->what->data.raw()[0]) : p->what->event;
      else if (const auto* j = actors::effect_as<actors::joined>(e))
        text += " s" + std::to_string(j->who.value()) + " in ";
      else if (const auto* said = actors::effect_as<actors::said>(e))
        if (const auto* push = std::get_if<protocol::push>(&said->what); push && push->event == "begin")
          text += "with " + push->data.as<nlohmann::json>()["pieces"].dump() + " ";
    return text;
  };
  CHECK(events() == " s1 in with 0 1 s2 in with 1 cleared23 s3 in with 2 4");
}

TEST_CASE("thousands who come into a room cost it a snapshot now and then, not one each") {
  struct counted : examples::room {
    explicit counted(int& n) : taken(n) {}
    std::optional<payload> snapshot() override { return ++taken, room::snapshot(); }
    int& taken;
  };
  int taken = 0;
  stage h;
  h.parts->make = [&](const std::string&) { return std::make_unique<counted>(taken); };
  h.start();
  for (std::uint64_t who = 1; who <= 300; ++who)
    h.join(who, entry(R"({"name":"guest","client":""})"));
  CHECK(h.runtime->describe().members == 300);
  CHECK(taken <= 2);
  h.pass(std::chrono::seconds{2});
  CHECK(taken >= 1);
  h.runtime->fail_object("test");
  h.said();
  h.join(301, entry(R"({"name":"late","client":""})"));
  CHECK(h.said().find(R"({"id":"s300","name":"guest"})") != std::string::npos);
}

TEST_CASE("members whose names a crash has lost are guests, and still in the room") {
  stage h;
  serve<examples::room>(h);
  h.join(1, entry(R"({"name":"Ada","client":""})"));
  h.join(2, entry(R"({"name":"Bob","client":""})")); // after the last snapshot
  h.runtime->fail_object("test");
  h.said();
  h.join(3, entry(R"({"name":"Eve","client":""})"));
  const auto said = h.said();
  CHECK(said.find(R"({"id":"s1","name":"Ada"})") != std::string::npos);
  CHECK(said.find(R"({"id":"s2","name":"guest s2"})") != std::string::npos);
}

TEST_CASE("a page's own name for itself has at most 64 bytes") {
  stage h;
  serve<examples::room>(h);
  const auto with = [](std::size_t bytes) {
    return entry(R"({"name":"Ada","client":")" + std::string(bytes, 'c') + "\"}");
  };
  h.join(1, with(65));
  CHECK(h.said() == "s1 away 1 refused");
  h.join(1, with(64));
  CHECK(h.said().find("s1 in 0") != std::string::npos);
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
