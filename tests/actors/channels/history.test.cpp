// What a channel's object reads of its own history.

#include "channel_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

TEST_CASE("the object reads history within the call where it is in memory", "[channel]") {
  channel_fixture h;
  h.start();
  for (int i = 1; i <= 5; ++i)
    h.object().broadcast("e", json(std::to_string(i)));
  const auto read = [&h](std::size_t limit) {
    std::string offsets = "unheard";
    h.object().history(limit, [&offsets](const auto& last) {
      offsets.clear();
      for (const auto& p : last)
        offsets += std::to_string(p->offset) + " ";
    });
    return offsets;
  };
  CHECK(read(2) == "4 5 ");
  CHECK(read(0).empty());
  CHECK(read(100) == "1 2 3 4 5 ");
}

TEST_CASE("where the store answers later the object hears history later, with what it had said before", "[channel]") {
  channel_fixture h{{true}};
  std::string offsets = "unheard";
  h.does.calls["look"] = [&offsets](probe& o, const member&, const payload&) -> call_result {
    o.broadcast("e", json("1"));
    o.history(10, [&offsets, at = o.promise_answer()](const auto& last) {
      offsets = std::to_string(last.size());
      at.reply(json(offsets));
    });
    return later(o.promise_answer());
  };
  h.start();
  h.join(1);
  h.call(1, "look");
  CHECK(offsets == "unheard");
  h.keep->answer();
  CHECK(offsets == "unheard");
  h.keep->answer();
  CHECK(offsets == "1");
  CHECK(h.said().find("reply 1 1") != std::string::npos);
  h.call(1, "look");
  h.object().crash("for the test");
  h.settle();
  offsets = "unheard";
  h.keep->answer_all();
  CHECK(offsets == "unheard"); // its object has ended
}
