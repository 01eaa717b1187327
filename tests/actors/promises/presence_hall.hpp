#pragma once
/// A channel that tells who is in it, and what clients that read presence know of that.

#include "tests/actors/virtual_node/rooms.hpp"
#include "tests/actors/virtual_node/scene.hpp"
#include "tests/actors/virtual_node/talkers.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

namespace troupe::actors::testing {

/// Tells of each member how it came, and notes who comes and goes, also which users.
class presence_hall final : public troupe::channel {
 public:
  explicit presence_hall(std::shared_ptr<diary> d) : diary_(std::move(d)) {}

 private:
  void setup() override {
    on<payload>("crash", [this](const member&, const payload&) { return crash("told to"), done(); });
    on<payload>("die", [this](const member&, const payload&) {
      caf::anon_send_exit(caf::actor_cast<caf::actor>(&actor()), caf::exit_reason::kill);
      return done();
    });
  }
  join_result on_join(const member& who, const payload& params) override {
    diary_->joins.push_back(to_string(who.id));
    return accept().presence(params);
  }
  void on_leave(const member& who, leave_reason why) override {
    diary_->leaves.push_back(to_string(who.id) + " " + std::string{to_string(why)});
  }
  std::shared_ptr<diary> diary_;
};

/// Clients are who they say they are.
inline actors::node_plan with_hall(const std::shared_ptr<diary>& notes) {
  actors::node_plan p;
  p.classes.add("hall:*", [notes](const std::string&) { return std::make_unique<presence_hall>(notes); });
  p.on_connect = [](const handshake& who) -> connect_result { return identity{std::string{who.header("x-user")}, {}, {}}; };
  return p;
}

/// What a client that follows docs/protocol.md knows.
struct follower {
  std::map<std::string, json> members; // by session
  std::set<std::string> users;
  std::size_t lists = 0;
  std::uint64_t count = 0;
  bool named = true;

  void take(const json& m) {
    count = m["count"];
    named = m.contains("members") || m.contains("joined");
    if (!named)
      return;
    if (m.contains("members"))
      begin_anew(m["members"]);
    else
      change(m);
    REQUIRE(members.size() == count);
  }

 private:
  void begin_anew(const json& all) {
    ++lists;
    members.clear();
    users.clear();
    for (const auto& one : all) {
      members[one["session"]] = one;
      if (one.contains("user"))
        users.insert(one["user"]);
    }
  }
  void change(const json& m) {
    for (const auto& one : m["left"])
      members.erase(one["session"]);
    for (const auto& one : m["joined"])
      members[one["session"]] = one;
    for (const auto& who : m.value("away", json::array()))
      members.at(who)["away"] = true;
    for (const auto& who : m.value("back", json::array()))
      members.at(who).erase("away");
    for (const auto& user : m.value("came", json::array()))
      users.insert(user);
    for (const auto& user : m.value("gone", json::array()))
      users.erase(user);
  }
};

inline follower followed(talker& by) {
  follower f;
  for (const auto& m : by.told("presence"))
    f.take(m);
  return f;
}

inline json subscribe(const std::string& channel, bool presence, json params = nullptr) {
  return {{"action", "subscribe"}, {"channel", channel}, {"presence", presence}, {"params", std::move(params)}};
}

/// As the channel has it. One that has failed often is down for a while.
inline std::map<std::string, json> listed(virtual_node& node, const std::string& channel) {
  const auto asked = send_request(node, request("GET", "/api/presence?channel=" + channel, {},
                                                {{"authorization", "Bearer test-key-of-the-house"}}));
  for (int i = 0; i < 100 && !asked->response(); ++i)
    node.pass(1s);
  const auto page = body_of(*asked);
  std::map<std::string, json> all;
  for (const auto& one : page["members"])
    all[one["session"]] = one;
  return all;
}

/// What it knows is the truth, once that stands still for longer than changes wait.
inline void check(virtual_node& node, talker& reader, const std::string& channel) {
  auto truth = listed(node, channel);
  follower f;
  for (std::map<std::string, json> before; before != truth; truth = listed(node, channel)) {
    before = truth;
    reader.told(); // one that polls is there again by that, which is a change itself
    node.pass(1s);
    f = followed(reader);
  }
  std::set<std::string> users;
  for (const auto& [who, info] : truth)
    if (info.contains("user"))
      users.insert(info["user"]);
  REQUIRE(f.named);
  REQUIRE(f.members == truth);
  REQUIRE(f.users == users);
}

} // namespace troupe::actors::testing
