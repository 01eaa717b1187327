// What a publication from a thread of the application costs, beside one that a channel says itself: a node of one shard, a
// burst, until the last of it is kept.
//   outlet_cost [publications]
#include <troupe/channel.hpp>
#include <troupe/node.hpp>
#include <troupe/outlet.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <future>
#include <string>

using namespace troupe;

namespace {

const std::string text(100, 'x');

class crier : public channel {
  void setup() override {
    on<int>("cry", [this](const member&, const int& times) {
      for (int i = 0; i < times; ++i)
        broadcast("e", text);
      return done();
    });
  }
};

/// CPU of the whole process and time that passed, for each of `times`.
template <class F>
double measure(const char* what, int times, F run) {
  const auto cpu = std::clock();
  const auto began = std::chrono::steady_clock::now();
  run();
  const double wall = std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - began).count();
  const double used = 1e9 * static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC;
  std::printf("%-24s %6.0f ns CPU, %6.0f ns passed each\n", what, used / times, wall / times);
  return used;
}

} // namespace

int main(int argc, char** argv) {
  const int times = argc > 1 ? std::atoi(argv[1]) : 1'000'000;
  node_settings settings;
  settings.set("listen.port", 0).set("threads.shards", 1).set("threads.workers", 1).set("log.level", "error");
  settings.set("api.key", "a-key-for-measuring").set("channels.call_timeout", std::chrono::minutes{5});
  node n{settings};
  n.channel<crier>("cry:*", {.history = {.size = 100}}).open_channel("open:*");
  n.start();
  const auto out = n.outlet();
  const auto wait_for = [](auto ask) {
    auto [then, answer] = future_answer();
    ask(std::move(then));
    if (const auto a = answer.get(); !a.ok())
      std::fprintf(stderr, "%s\n", a.why_not()->message.c_str());
  };
  const auto from_channel = measure("from a channel", times, [&] {
    wait_for([&](auto then) { out.call("cry:1", "cry", times, std::move(then), {.timeout = std::chrono::minutes{5}}); });
  });
  const auto from_thread = measure("from a thread, outlet", times, [&] {
    for (int i = 1; i < times; ++i)
      while (out.publish("open:1", "e", text) == handed::full)
        out.wait_for_room(std::chrono::seconds{1});
    wait_for([&](auto then) {
      while (out.publish("open:1", "e", text, then) == handed::full)
        out.wait_for_room(std::chrono::seconds{1});
    });
  });
  std::printf("%.2f times as much CPU\n", from_thread / from_channel);
}
