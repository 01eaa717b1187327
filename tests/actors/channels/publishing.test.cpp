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

} // namespace

TEST_CASE("a publication reaches every shard with members, its sender too, and then the reply", "[channel]") {
  channel_fixture h{open_to(config::permission::members)};
  h.start();
  h.join(1, {}, 0);
  h.join(2, {}, 1);
  h.said(0), h.said(1);
  h.send({channel_fixture::command(1, channel_fixture::publication("5"), std::int64_t{8})});
  const auto epoch = h.runtime->describe().epoch;
  CHECK(h.said(0) == "+1 5; s1 reply 8 {\"epoch\":\"" + epoch + "\",\"offset\":1}");
  CHECK(h.said(1) == "+1 5");
  const auto& p = *effect_as<published>(h.at(1).effects.back())->what;
  CHECK(p.from == session_id{1});
  CHECK(p.timestamp == 1'700'000'000'000);
  CHECK(p.event == "e");
}

TEST_CASE("without an id only errors are answered, and every command is completed once", "[channel]") {
  channel_fixture h{open_to(config::permission::members)};
  h.start();
  h.join(1);
  h.said();
  h.publish(1, "5");
  h.publish(2, "6");
  CHECK(h.said() == "+1 5; s2 error not_joined");
  CHECK(h.completed(1) == 2);
  CHECK(h.completed(2) == 1);
}

TEST_CASE("who may publish is the namespace's to say, unless the class decides otherwise", "[channel]") {
  SECTION("nobody") {
    channel_fixture h{open_to(config::permission::nobody)};
    h.start();
    h.join(1);
    h.said();
    h.publish(1, "1");
    h.publish(2, "1");
    CHECK(h.said() == "s1 error refused; s2 error not_joined");
  }
  SECTION("anyone") {
    channel_fixture h{open_to(config::permission::anyone)};
    h.start();
    h.join(1);
    h.said();
    h.publish(2, "1");
    CHECK(h.said() == "+1 1");
  }
  SECTION("the class") {
    channel_fixture h{open_to(config::permission::nobody)};
    h.does.publish = [](probe&, const member& who, draft& d) -> publish_result {
      if (who.id.value() == 2)
        return refuse(error_code::too_large, "no");
      d.data = json("[" + std::string{d.data.json()} + "]");
      return done();
    };
    h.start();
    h.join(1);
    h.join(2);
    h.said();
    h.publish(1, "1");
    h.publish(2, "1");
    CHECK(h.said() == "+1 [1]; s2 error too_large");
  }
}

TEST_CASE("the node's own publications skip membership and on_publish, and are from nobody", "[channel]") {
  channel_fixture h{open_to(config::permission::nobody)};
  h.does.publish = [](probe&, const member&, draft&) { return refuse("never"); };
  h.start();
  h.join(1);
  h.said();
  auto p = channel_fixture::publication("1");
  p.echo = false;
  h.send({channel_fixture::command(7000, p, std::int64_t{1}, true)}, 1);
  CHECK(h.said(0) == "+1 1");
  CHECK(effect_as<published>(h.at(0).effects.back())->what->from == session_id{});
  CHECK(h.said(1).starts_with("s7000 reply 1 {\"epoch\""));
}

TEST_CASE("reserved event names are refused, whoever says them", "[channel]") {
  channel_fixture h{open_to(config::permission::members)};
  int threw = 0;
  h.does.calls["shout"] = [&](probe& p, const member&, const payload& name) -> call_result {
    try {
      p.broadcast(name.as<std::string>(), payload{});
    } catch (const std::invalid_argument&) {
      ++threw;
      throw;
    }
    return done();
  };
  h.start();
  h.join(1);
  h.said();
  for (const std::string name : {"open", "error", "gap", "$x"}) {
    auto p = channel_fixture::publication("1");
    p.event = name;
    h.send({channel_fixture::command(1, p), channel_fixture::command(7000, p, std::int64_t{1}, true)});
    CHECK(h.said() == "s1 error 1 refused; s7000 error 1 refused");
    h.call(1, "shout", payload::of(name));
    CHECK(h.said() == "s1 error 1 internal");
  }
  auto p = channel_fixture::publication("1");
  p.event = std::string(65, 'x');
  h.send({channel_fixture::command(1, p)});
  CHECK(h.said() == "s1 error 1 bad_message");
  CHECK_THROWS_AS(h.object().push(session_id{1}, "gap", json("1")), std::invalid_argument);
  CHECK(threw == 4);
}

TEST_CASE("an event that on_publish made reserved is refused", "[channel]") {
  channel_fixture h{open_to(config::permission::members)};
  h.does.publish = [](probe&, const member&, draft& d) -> publish_result {
    d.event = "gap";
    return done();
  };
  h.start();
  h.join(1);
  h.said();
  h.publish(1, "1");
  CHECK(h.said() == "s1 error refused");
}

TEST_CASE("without echo the sender is excepted", "[channel]") {
  channel_fixture h{open_to(config::permission::members)};
  h.start();
  h.join(1);
  h.said();
  auto p = channel_fixture::publication("1");
  p.echo = false;
  h.send({channel_fixture::command(1, p, {})});
  CHECK(h.said() == "+1 1 !s1");
}

TEST_CASE("ephemeral publications have no offset, are not kept and honour their exceptions", "[channel]") {
  channel_fixture h{open_to(config::permission::members)};
  h.start();
  h.join(1);
  h.said();
  auto p = channel_fixture::publication("1");
  p.ephemeral = true;
  p.echo = false;
  h.send({channel_fixture::command(1, p)});
  const auto epoch = h.runtime->describe().epoch;
  CHECK(h.said() == "~1 !s1; s1 reply 1 {\"epoch\":\"" + epoch + "\",\"offset\":null}");
  h.object().broadcast("e", json("2"), ephemeral());
  h.settle();
  CHECK(h.said() == "~2");
  h.object().history(10, [](const auto& kept) { CHECK(kept.empty()); });
  CHECK(h.runtime->describe().head == 0);
}

TEST_CASE("a broadcast with too many exceptions is refused", "[channel]") {
  channel_fixture h;
  h.start();
  delivery to;
  to.except.resize(9, session_id{1});
  CHECK_THROWS_AS(h.object().broadcast("e", json("1"), to), std::invalid_argument);
  to.except.resize(8);
  CHECK_NOTHROW(h.object().broadcast("e", json("1"), to));
}

TEST_CASE("a publish decided later is said when it is decided", "[channel]") {
  channel_fixture h{open_to(config::permission::members)};
  std::optional<promise> owed;
  h.does.publish = [&](probe& p, const member&, draft& d) -> publish_result {
    if (d.data.json() != "1")
      return done();
    return later(*(owed = p.promise_answer()));
  };
  h.start();
  h.join(1);
  h.said();
  h.publish(1, "1");
  h.publish(1, "2");
  CHECK(h.said() == "+1 2");
  CHECK(h.completed(1) == 2);
  owed->reply();
  h.settle();
  CHECK(h.said() == "+2 1");
  CHECK(h.completed(1) == 3);
}

TEST_CASE("one batch of commands makes at most one batch of effects for each link", "[channel]") {
  channel_fixture h{open_to(config::permission::members)};
  h.start();
  h.join(1, {}, 0);
  h.join(2, {}, 1);
  std::vector<channel_command> many;
  for (int i = 0; i < 50; ++i)
    many.push_back(channel_fixture::command(1, channel_fixture::publication("1")));
  const auto before = h.at(1).batches.size();
  h.send(std::move(many), 0);
  CHECK(h.at(0).batches.size() == 2);
  CHECK(h.at(1).batches.size() == before + 1);
  CHECK(h.at(1).batches.back() == 50);
}
