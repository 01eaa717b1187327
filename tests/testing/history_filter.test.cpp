// A channel looks back: by event, by whom, since when, and as values of a type; in memory and on disk.

#include <troupe/channel.hpp>
#include <troupe/testing.hpp>

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using troupe::history_filter;
using troupe::member;
using troupe::payload;
using troupe::publication_ptr;
using troupe::testing::channel_under_test;

namespace {

struct remark {
  std::string text;
  TROUPE_FIELDS(text)
};

/// Says what it is told to, and looks back as its test says.
class memoir final : public troupe::channel {
 public:
  inline static int answers = 0;         ///< to all objects
  std::vector<std::string> found;        ///< the last of them

  void look(history_filter which, std::size_t limit) {
    history(std::move(which), limit, [this](const std::vector<publication_ptr>& said) {
      ++answers;
      found.clear();
      for (const auto& p : said)
        found.emplace_back(p->data.json());
    });
  }
  void look_at_remarks(std::size_t limit) {
    history<remark>("remark", limit, [this](const auto& said) { note(said); });
  }
  void look_at_remarks(history_filter which, std::size_t limit) {
    history<remark>(std::move(which), limit, [this](const auto& said) { note(said); });
  }

 private:
  void setup() override {
    on<std::vector<int>>("say", [this](const member&, const std::vector<int>& range) {
      for (int i = range[0]; i <= range[1]; ++i)
        broadcast(i % 2 == 0 ? "even" : "odd", i);
      return troupe::done();
    });
    on<std::string>("remark", [this](const member&, const std::string& text) {
      broadcast("remark", remark{text});
      return troupe::done();
    });
    on<payload>("look", [this](const member&, const payload&) { // what is said before is found
      broadcast("even", 1000);
      look({.event = "even"}, 1);
      return troupe::reply(answers);
    });
    on<payload>("throw", [this](const member&, const payload&) {
      look({.that = [](const troupe::publication&) -> bool { throw std::runtime_error("forgot"); }}, 1);
      return troupe::done();
    });
  }
  void note(const std::vector<troupe::past<remark>>& said) {
    ++answers;
    found.clear();
    for (const auto& one : said)
      found.push_back(one.data.text + " " + std::to_string(one.offset) + " " + to_string(one.from));
  }
};

std::string kept_in(const std::string& store) {
  return "[[namespace]]\npattern = \"memoir:*\"\npublish = \"anyone\"\nhistory_size = 1000\n"
         "history_store = \"" + store + "\"\n";
}

using texts = std::vector<std::string>;

/// What it finds, once the store has answered.
texts found_in(channel_under_test<memoir>& t, history_filter which, std::size_t limit) {
  t.object().look(std::move(which), limit);
  t.pass(1ms);
  return t.object().found;
}

} // namespace

TEST_CASE("history is found by event, and others are passed over however many they are") {
  for (const auto* store : {"memory", "disk"}) {
    INFO(store);
    memoir::answers = 0;
    channel_under_test<memoir> t{"memoir:a", kept_in(store)};
    auto ada = t.join();
    ada.call("say", std::vector{2, 2});
    for (int i = 0; i < 600; ++i)
      ada.call("say", std::vector{1, 1});
    ada.call("say", std::vector{4, 4});
    CHECK(found_in(t, {.event = "even"}, 10) == texts{"2", "4"});
    CHECK(found_in(t, {.event = "even"}, 1) == texts{"4"});
    CHECK(found_in(t, {.event = "odd"}, 500).size() == 500);
    CHECK(found_in(t, {.event = "neither"}, 10).empty());
    CHECK(found_in(t, {}, 2) == texts{"1", "4"});
    CHECK(memoir::answers == 5);
  }
}

TEST_CASE("history is found behind an offset, from a time on, by whom, and by what the channel asks of it") {
  channel_under_test<memoir> t{"memoir:a", kept_in("memory")};
  auto ada = t.join();
  ada.call("say", std::vector{1, 3});
  t.pass(10s);
  const auto later = t.now();
  ada.publish("odd", 5);
  t.publish("odd", 7);
  CHECK(found_in(t, {.after = 2}, 10) == texts{"3", "5", "7"});
  CHECK(found_in(t, {.since = later}, 10) == texts{"5", "7"});
  CHECK(found_in(t, {.from = ada.id()}, 10) == texts{"5"});
  CHECK(found_in(t, {.event = "odd", .from = troupe::session_id{}}, 10) == texts{"1", "3", "7"});
  CHECK(found_in(t, {.event = "odd", .after = 1, .that = [](const auto& p) { return p.template as<int>() != 5; }}, 10) == texts{"3", "7"});
  CHECK(found_in(t, {.event = "odd"}, 0).empty());
}

TEST_CASE("history is read as values, and what has another shape is left out") {
  for (const auto* store : {"memory", "disk"}) {
    INFO(store);
    channel_under_test<memoir> t{"memoir:a", kept_in(store)};
    auto ada = t.join();
    ada.call("remark", "one");
    ada.publish("remark", 7);
    ada.publish("remark", remark{"two"});
    ada.call("say", std::vector{1, 9});
    t.object().look_at_remarks(10);
    t.pass(1ms);
    CHECK(t.object().found == texts{"one 1 s0", "two 3 s1"});
    t.object().look_at_remarks({.event = "remark", .from = ada.id()}, 10);
    t.pass(1ms);
    CHECK(t.object().found == texts{"two 3 s1"});
  }
}

TEST_CASE("what was said in the same handler is found, within the call where history is in memory, later where on disk") {
  memoir::answers = 0;
  channel_under_test<memoir> in_memory{"memoir:a", kept_in("memory")};
  CHECK(in_memory.join().call("look").as<int>() == 1);
  CHECK(in_memory.object().found == texts{"1000"});
  channel_under_test<memoir> on_disk{"memoir:a", kept_in("disk")};
  CHECK(on_disk.join().call("look").as<int>() == 1); // it has heard of none yet
  CHECK(on_disk.object().found == texts{"1000"});
  CHECK(memoir::answers == 2);
}

TEST_CASE("a look that throws is a failure of who looked, and a search that an object leaves behind is not heard") {
  channel_under_test<memoir> in_memory{"memoir:a", kept_in("memory")};
  auto ada = in_memory.join();
  ada.call("say", std::vector{1, 3});
  CHECK(ada.call("throw") == troupe::error_code::internal);
  CHECK(in_memory.failures() == texts{"throw: forgot"});
  channel_under_test<memoir> on_disk{"memoir:a", kept_in("disk")};
  auto bob = on_disk.join();
  bob.call("say", std::vector{1, 3});
  CHECK(bob.call("throw").ok()); // thrown later
  CHECK(on_disk.failures() == texts{"history: forgot"});
  on_disk.store().hold();
  memoir::answers = 0;
  on_disk.object().look({.event = "odd"}, 5);
  CHECK(on_disk.store().waiting() == 1);
  on_disk.crash();
  on_disk.store().let_go();
  CHECK(on_disk.restarts() == 1);
  CHECK(memoir::answers == 0);
}
