// What a channel says ephemerally, to who listens without being in it.

#include "actors/channels/overheard.hpp"

#include "tests/actors/virtual_node/scene.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

publication_ptr number(int n, payload data = payload::of(1)) {
  troupe::publication p;
  p.event = std::to_string(n);
  p.data = std::move(data);
  return std::make_shared<const troupe::publication>(std::move(p));
}

std::string shown_as(const overheard::page& of) {
  std::string line;
  for (const auto& p : of.items)
    line += p->event + ' ';
  return line + "of " + std::to_string(of.count);
}

constexpr const char* from_now_on = "18446744073709551615";

json listen(virtual_node& node, const std::string& heard) {
  return api_get(node, "/api/history?channel=open:a&overheard=" + heard);
}

void say(virtual_node& node, int n) {
  api(node, "/api/publish", {{"channel", "open:a"}, {"data", n}, {"ephemeral", true}});
}

std::vector<int> heard_in(const json& page) {
  std::vector<int> all;
  for (const auto& p : page["ephemeral"])
    all.push_back(p["data"]);
  return all;
}

} // namespace

TEST_CASE("what was overheard goes on after what is known, and forgets its oldest", "[channel]") {
  overheard o{1'000'000};
  CHECK(shown_as(o.after(0)) == "of 0");
  for (int n = 1; n <= 3; ++n)
    o.add(number(n));
  CHECK(shown_as(o.after(0)) == "1 2 3 of 3");
  CHECK(shown_as(o.after(2)) == "3 of 3");
  CHECK(shown_as(o.after(3)) == "of 3");
  CHECK(shown_as(o.after(static_cast<std::uint64_t>(-1))) == "of 3"); // from now on
  for (int n = 4; n <= 300; ++n)
    o.add(number(n));
  CHECK(o.after(0).items.size() == overheard::overheard_max);
  CHECK(o.after(0).items.front()->event == "45");
  CHECK(o.after(299).items.front()->event == "300");
}

TEST_CASE("what was overheard is bounded in bytes, but for one", "[channel]") {
  overheard o{10'000};
  for (int n = 1; n <= 20; ++n)
    o.add(number(n, payload::of(std::string(3'000, 'x'))));
  CHECK(shown_as(o.after(0)) == "18 19 20 of 20");
  o.add(number(21, payload::of(std::string(20'000, 'x'))));
  CHECK(shown_as(o.after(0)) == "21 of 21");
}

TEST_CASE("whom it was for counts with what was overheard", "[channel]") {
  overheard o{100'000};
  const auto crowd = std::make_shared<const audience>(audience{"red", std::vector<session_id>(10'000)});
  for (int n = 1; n <= 3; ++n) {
    troupe::publication p;
    p.event = std::to_string(n);
    p.only = crowd;
    o.add(std::make_shared<const troupe::publication>(std::move(p)));
  }
  CHECK(shown_as(o.after(0)) == "3 of 3");
}

TEST_CASE("who listens by the API hears what is ephemeral from then on, each once, and joins nothing", "[channel]") {
  virtual_node node;
  say(node, 1);
  auto page = listen(node, from_now_on);
  CHECK(heard_in(page).empty());
  CHECK(page["overheard"] == 0); // nobody listened before
  say(node, 2);
  api(node, "/api/publish", {{"channel", "open:a"}, {"data", 3}}); // is kept
  say(node, 4);
  page = listen(node, "0");
  CHECK(heard_in(page) == std::vector<int>{2, 4});
  CHECK(page["publications"].size() == 1);
  CHECK(page["ephemeral"][0].contains("offset") == false);
  CHECK(page["overheard"] == 2);
  CHECK(heard_in(listen(node, "2")).empty());
  CHECK(api_get(node, "/api/channels?channel=open:a")["channels"][0]["members"] == 0);
}

TEST_CASE("nothing is kept for who has not listened for some seconds", "[channel]") {
  virtual_node node;
  listen(node, from_now_on);
  node.pass(5s);
  say(node, 1);
  CHECK(heard_in(listen(node, "0")) == std::vector<int>{1});
  node.pass(5s + 10ms);
  say(node, 2);
  const auto page = listen(node, "1");
  CHECK(heard_in(page).empty());
  CHECK(page["overheard"] == 0);
}

TEST_CASE("history is as it was for who does not listen, and no client can", "[channel]") {
  virtual_node node;
  listen(node, from_now_on);
  say(node, 1);
  CHECK_FALSE(api_get(node, "/api/history?channel=open:a").contains("ephemeral"));
  ws_client c{node};
  c.join("open:a", "");
  CHECK_FALSE(c.ask({{"action", "history"}, {"channel", "open:a"}, {"overheard", 0}})["data"].contains("ephemeral"));
}
