// docs/channels.md: its samples compile as they stand there, and do what the page says.

#include "channels_guide.hpp" // made of the page

#include "tests/actors/channels/channel_fixture.hpp"

using namespace troupe;
using troupe::actors::testing::json;
using troupe::actors::testing::fixture_settings;
using stage = troupe::actors::testing::channel_fixture;

namespace {

template <class Channel>
void serve(stage& h) {
  h.parts->make = [](const std::string&) { return std::make_unique<Channel>(); };
  h.start();
}

void join(stage& h, std::uint64_t who, const std::string& params = "null") {
  actors::join how;
  how.params = json(params);
  h.join(who, how);
}

bool says(stage& h, std::string_view part) { return h.said().find(part) != std::string::npos; }

} // namespace

TEST_CASE("the guide's auction takes a higher bid and tells all") {
  stage h;
  serve<auction>(h);
  h.join(1);
  h.said();
  h.call(1, "bid", json(R"({"amount":7})"));
  CHECK(h.said() == R"(+1 {"amount":7,"bidder":"s1"}; s1 reply 1 null)");
  h.call(1, "bid", json(R"({"amount":7})"));
  CHECK(h.said() == "s1 error 1 refused");
  h.call(1, "bid", json(R"({"amount":"much"})"));
  CHECK(h.said() == "s1 error 1 bad_message");
}

TEST_CASE("the guide's club greets after its answer, and hears of each that goes") {
  stage h;
  serve<club>(h);
  join(h, 1, R"({"name":"Ada"})");
  CHECK(h.said() == R"(at 0; s1 in 0 0; +1 "Ada" !s1; s1 push rules "no shouting")");
  join(h, 2, "{}");
  CHECK(h.said() == "s2 away 1 bad_message");
  join(h, 3, R"({"name":"Bob"})");
  h.said();
  h.leave(1);
  CHECK(says(h, R"(+3 "Ada")"));
}

TEST_CASE("the guide's wall decides what is said, kept, or too large") {
  fixture_settings how;
  how.rights.publish = config::permission::members;
  stage h{how};
  serve<wall>(h);
  h.join(1);
  h.said();
  protocol::publish p;
  p.event = "cursor";
  p.data = json("1");
  h.send({stage::command(1, p, {})});
  CHECK(h.said() == "~1 !s1");
  p.event = "note";
  p.key = "k";
  h.send({stage::command(1, p, {}), stage::command(1, p, {})});
  CHECK(h.said() == "+1 1");
  p.key.clear();
  p.data = json("\"" + std::string(1998, 'x') + "\""); // as it says: 2,000 bytes are not too many, one more is
  h.send({stage::command(1, p)});
  CHECK(h.said().starts_with("+2"));
  p.data = json("\"" + std::string(1999, 'x') + "\"");
  h.send({stage::command(1, p)});
  CHECK(h.said() == "s1 error 1 too_large");
}

TEST_CASE("the guide's ledger begins anew when its sum is negative") {
  stage h;
  serve<ledger>(h);
  h.join(1);
  h.said();
  h.call(1, "add", json("-1"));
  CHECK(h.said() == "s1 error 1 internal");
  CHECK(h.runtime->describe().restarts == 1);
  h.call(1, "add", json("1"));
  CHECK(h.said() == "s1 reply 1 null");
}

TEST_CASE("the guide's ballot loses no vote that it confirmed, and begins anew when it has too many options") {
  fixture_settings how;
  how.settings.limits.snapshot_bytes = 2000;
  stage h{how};
  serve<ballot>(h);
  h.join(1);
  h.said();
  h.call(1, "vote", json(R"({"option":"tea"})"));
  CHECK(h.said() == "s1 reply 1 null");
  h.runtime->fail_object("test");
  h.runtime->stop(leave_reason::drained, "idle");
  serve<ballot>(h);
  h.join(1);
  h.said();
  h.call(1, "vote", payload::from({{"option", std::string(3000, 'x')}}));
  CHECK(h.said() == "s1 error 1 internal");
  h.call(1, "vote", json(R"({"option":"tea"})"));
  CHECK(h.said() == "s1 reply 1 null");
}

TEST_CASE("the guide's shopping list is what a newcomer gets and what it hears afterwards") {
  stage h;
  serve<shopping_list>(h);
  h.join(1);
  h.said();
  const auto call = [](const char* event, const char* data) {
    return stage::command(1, protocol::call{"room:1", event, json(data), std::nullopt}, {});
  };
  actors::join newcomer;
  newcomer.who.id = session_id{2};
  h.send({call("add", "\"tea\""), call("clear", "null"), call("add", "\"milk\""), stage::command(2, newcomer),
          call("add", "\"sugar\"")});
  CHECK(h.said() == R"(+1 "tea"; +2 "s1"; +3 "milk"; s2 in 3 ["milk"]; +4 "sugar")");
}

TEST_CASE("the guide's clock says the time until nobody looks") {
  stage h;
  serve<speaking_clock>(h);
  h.join(1);
  h.said();
  h.pass(std::chrono::seconds{1});
  CHECK(h.said() == "~1700000001000");
  h.leave(1);
  h.pass(std::chrono::seconds{1});
  CHECK(h.runtime->over());
}

TEST_CASE("the guide's export goes on when nobody looks, and after a crash") {
  stage h;
  serve<export_job>(h);
  h.join(1);
  h.call(1, "start", json("50"));
  h.leave(1);
  h.pass(std::chrono::milliseconds{100});
  h.runtime->fail_object("test");
  CHECK_FALSE(h.runtime->retire());
  h.pass(std::chrono::seconds{2});
  CHECK(h.runtime->retire());
}

TEST_CASE("the guide's waiting room calls one after the other, or lets go after the deadline") {
  stage h;
  serve<waiting_room>(h);
  h.join(1);
  h.join(2);
  h.said();
  h.call(1, "next");
  h.call(2, "next");
  h.pass(std::chrono::milliseconds{100});
  CHECK(h.said() == R"(s1 reply 1 "your turn")");
  h.pass(std::chrono::milliseconds{100});
  CHECK(h.said() == R"(s2 reply 1 "your turn")");
}

TEST_CASE("the guide's jury says what most of those who answered said") {
  stage h;
  serve<jury>(h);
  for (std::uint64_t who : {1, 2, 3})
    h.join(who);
  h.call(1, "charge", json("\"theft\""));
  h.said();
  const auto answer = [&](std::uint64_t who, std::uint64_t ask, const char* data) {
    h.send({stage::command(who, protocol::answer{ask, json(data)}, {})});
  };
  answer(1, 1, R"({"guilty":true})");
  answer(2, 1, R"({"guilty":true})");
  CHECK(h.said() == "+1 \"guilty\"");
  h.call(1, "charge", json("\"arson\""));
  h.said();
  answer(1, 2, "\"what?\"");
  answer(2, 2, R"({"guilty":true})");
  CHECK(h.said().empty());
  CHECK(h.runtime->describe().restarts == 0);
}

TEST_CASE("the guide's rules are tested without a channel") { CHECK(the_same_price_is_no_offer()); }
