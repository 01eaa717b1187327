// A channel under test speaks to groups: what each client hears of it.

#include <troupe/testing.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace troupe;
using troupe::testing::channel_under_test;
using texts = std::vector<std::string>;

namespace {

/// Who joins with a text comes into the group of that name.  call enter, exit name: a group.  call shout name: broadcasts
/// `shout` to that group.  call whisper id: broadcasts `whisper` to that session alone.
class squad : public channel {
  void setup() override {
    on<std::string>("enter", [this](const member& who, const std::string& name) {
      add_to_group(who, name);
      return done();
    });
    on<std::string>("exit", [this](const member& who, const std::string& name) {
      remove_from_group(who, name);
      return done();
    });
    on<std::string>("shout", [this](const member&, const std::string& name) {
      broadcast("shout", name, to_group(name));
      return done();
    });
    on<std::string>("whisper", [this](const member&, const std::string& id) {
      broadcast("whisper", id, only({*parse_session_id(id)}));
      return done();
    });
  }
  join_result on_join(const member& who, const payload& params) override {
    if (!params.is_null())
      add_to_group(who, params.as<std::string>());
    return accept();
  }
};

texts shouts(const troupe::testing::channel_client& who) {
  const auto all = who.broadcasts<std::string>("shout");
  return {all.begin(), all.end()};
}

} // namespace

TEST_CASE("a client hears what is said to its groups, and of what it missed what was said while it was in them") {
  channel_under_test<squad> t{"squad:1"};
  auto ada = t.join("red");
  auto bob = t.join("blue");
  CHECK(ada.call("shout", "red").ok());
  CHECK(bob.call("enter", "red").ok());
  bob.drop();
  ada.call("shout", "red");
  ada.call("shout", "blue");
  ada.call("shout", "green"); // nobody's
  bob.come_back();
  bob.call("exit", "red");
  ada.call("shout", "red");
  CHECK(shouts(ada) == texts{"red", "red", "red"});
  CHECK(shouts(bob) == texts{"red", "blue"});
  CHECK(t.broadcasts<std::string>("shout").size() == 5); // what was said to anybody
}

TEST_CASE("what is said to one alone is heard by that one, also when it joins again") {
  channel_under_test<squad> t{"squad:1"};
  auto ada = t.join();
  auto bob = t.join();
  ada.call("whisper", to_string(bob.id()));
  CHECK(bob.broadcasts<std::string>("whisper").size() == 1);
  CHECK(ada.broadcasts<std::string>("whisper").empty());
  const auto start = position{bob.at().epoch, 0};
  for (auto* who : {&ada, &bob}) {
    who->leave();
    who->join({}, start);
  }
  CHECK(bob.broadcasts<std::string>("whisper").size() == 2);
  CHECK(ada.broadcasts<std::string>("whisper").empty());
}

TEST_CASE("groups stay through a crash of the object, and come from on_join where the actor died") {
  channel_under_test<squad> t{"squad:1"};
  auto ada = t.join("red");
  ada.call("enter", "blue");
  t.crash();
  ada.call("shout", "blue");
  CHECK(shouts(ada) == texts{"blue"});
  t.kill_actor();
  ada.call("shout", "blue");
  ada.call("shout", "red");
  CHECK(shouts(ada) == texts{"blue", "red"});
}

TEST_CASE("a group that is full fails the call that would pass its limit, and is counted") {
  channel_under_test<squad> t{"squad:1", "[limits]\nmembers_per_group = 1\n"};
  auto ada = t.join("red");
  auto bob = t.join();
  CHECK(bob.call("enter", "red") == error_code::internal);
  CHECK(t.failures().size() == 1);
  CHECK(t.join("red").joined() == error_code::internal);
  ada.leave();
  CHECK(bob.call("enter", "red").ok());
}
