#include "channel_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

fixture_settings open_to(config::permission who) {
  fixture_settings how;
  how.rights.publish = who;
  return how;
}

channel_command keyed(std::uint64_t who, const std::string& user, const std::string& data, bool trusted = false) {
  auto p = channel_fixture::publication(data);
  p.key = "k";
  auto command = channel_fixture::command(who, std::move(p), std::int64_t{1}, trusted);
  command.user = user;
  return command;
}

/// The offset that the last command was answered with.
std::string answered(channel_fixture& h) {
  const auto said = h.said();
  const auto at = said.rfind("\"offset\":");
  return at == std::string::npos ? said : said.substr(at + 9, said.find('}', at) - at - 9);
}

} // namespace

TEST_CASE("a key seen before answers with the first position and says nothing again", "[channel]") {
  channel_fixture h{open_to(config::permission::members)};
  h.start();
  h.join(1);
  h.said();
  h.send({keyed(1, {}, "1")});
  h.publish(1, "2");
  h.said();
  h.send({keyed(1, {}, "1")});
  CHECK(h.said() == "s1 reply 1 {\"epoch\":\"" + h.runtime->describe().epoch + "\",\"offset\":1}");
}

TEST_CASE("a key is its publisher's: a user's, a session's, or the API's", "[channel]") {
  channel_fixture h{open_to(config::permission::anyone)};
  h.start();
  h.join(1);
  h.said();
  const auto offset = [&](channel_command what) {
    h.send({std::move(what)});
    return answered(h);
  };
  CHECK(offset(keyed(1, {}, "1")) == "1");
  CHECK(offset(keyed(2, {}, "2")) == "2");          // another session, not a member
  CHECK(offset(keyed(3, "ada", "3")) == "3");       // a user
  CHECK(offset(keyed(4, "ada", "4")) == "3");       // the same, in another session
  CHECK(offset(keyed(5, "bob", "5")) == "4");
  CHECK(offset(keyed(7000, {}, "6", true)) == "5"); // the API
  CHECK(offset(keyed(7001, {}, "7", true)) == "5");
  CHECK(offset(keyed(6, "session s1", "8")) == "6"); // a user with a name like that
  CHECK(offset(keyed(1, {}, "9")) == "1");
  CHECK(h.runtime->describe().head == 6);
}

TEST_CASE("a publication that is repeated by its key is not asked of the object again", "[channel]") {
  channel_fixture h{open_to(config::permission::members)};
  int asked = 0;
  h.does.publish = [&](probe&, const member&, draft&) {
    ++asked;
    return done();
  };
  h.start();
  h.join(1);
  h.send({keyed(1, {}, "1"), keyed(1, {}, "1")});
  CHECK(asked == 1);
}

TEST_CASE("a publication whose key is being decided is busy", "[channel]") {
  channel_fixture h{open_to(config::permission::members)};
  int asked = 0;
  std::optional<promise> owed;
  h.does.publish = [&](probe& p, const member&, draft&) {
    ++asked;
    return later(*(owed = p.promise_answer()));
  };
  h.start();
  h.join(1);
  h.said();
  h.send({keyed(1, {}, "1"), keyed(1, {}, "1")});
  CHECK(h.said() == "s1 error 1 busy");
  owed->reply();
  h.settle();
  CHECK(answered(h) == "1");
  h.send({keyed(1, {}, "1")});
  CHECK(answered(h) == "1");
  CHECK(asked == 1);
}

TEST_CASE("a publication that is repeated while the store has it is busy, and not asked of the object again", "[channel]") {
  auto how = open_to(config::permission::anyone);
  how.late = true;
  channel_fixture h{how};
  int asked = 0;
  h.does.publish = [&](probe&, const member&, draft&) {
    ++asked;
    return done();
  };
  h.start();
  for (const bool fails : {true, false}) {
    asked = 0;
    h.keep->failing = fails ? 1 : 0;
    h.send({keyed(1, "ada", "1")});
    h.send({keyed(2, "ada", "1")}, 1); // over another link: nothing is owed there that it would wait behind
    CHECK(h.said(1).ends_with("s2 error 1 busy"));
    h.keep->answer_all();
    CHECK(asked == 1);
  }
  h.send({keyed(2, "ada", "1")});
  CHECK(answered(h) == "1");
  CHECK(asked == 1);
}

TEST_CASE("a key of an ephemeral publication is refused, who ever made it ephemeral", "[channel]") {
  channel_fixture h{open_to(config::permission::members)};
  h.start();
  h.join(1);
  h.said();
  auto command = keyed(1, {}, "1");
  std::get<protocol::publish>(command.body).ephemeral = true;
  h.send({command});
  CHECK(h.said() == "s1 error 1 bad_message");
  command.trusted = true;
  h.send({command});
  CHECK(h.said() == "s1 error 1 bad_message");
  h.does.publish = [](probe&, const member&, draft& d) {
    d.ephemeral = true;
    return done();
  };
  h.send({keyed(1, {}, "1")});
  CHECK(h.said() == "s1 error 1 bad_message");
}

TEST_CASE("a stranger that publishes has its user", "[channel]") {
  channel_fixture h{open_to(config::permission::anyone)};
  std::string user;
  h.does.publish = [&](probe&, const member& who, draft&) {
    user = who.user;
    return done();
  };
  h.start();
  h.send({keyed(2, "ada", "1")});
  CHECK(user == "ada");
}
