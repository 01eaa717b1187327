#include "actors/hosting/running_handlers.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <optional>
#include <string>
#include <thread>

using namespace troupe::actors;
using namespace std::chrono_literals;

namespace {

struct stepped {
  running_handlers::time_point now{1h};
  running_handlers board{[this] { return now; }};
};

} // namespace

TEST_CASE("what runs is known by name, event and how long, and no more once it has returned", "[running]") {
  stepped s;
  const running_handlers::entry room{&s.board, "channel room:1"};
  CHECK(s.board.running().empty());
  {
    const running_handlers::mark at_work{room, "say"};
    s.now += 1500ms;
    const auto all = s.board.running();
    REQUIRE(all.size() == 1);
    CHECK(all[0].who == "channel room:1");
    CHECK(all[0].event == "say");
    CHECK(all[0].ran == 1500ms);
    CHECK(s.board.running(1501ms).empty());
    CHECK(s.board.running_of("channel room:1", 1s));
    CHECK_FALSE(s.board.running_of("channel room:2"));
  }
  CHECK(s.board.running().empty());
  CHECK(s.board.handler_times().count() == 1);
  CHECK(s.board.handler_times().sum == 1500ms);
}

TEST_CASE("the same handler that runs again is another run", "[running]") {
  stepped s;
  const running_handlers::entry room{&s.board, "channel room:1"};
  std::uint64_t numbers[2]{};
  for (auto& number : numbers) {
    const running_handlers::mark at_work{room, "say"};
    number = s.board.running().at(0).number;
  }
  CHECK(numbers[0] != numbers[1]);
}

TEST_CASE("code within code is shown, and then again what it is within, from its own beginning", "[running]") {
  stepped s;
  const running_handlers::entry room{&s.board, "channel room:1"}, mount{&s.board, "mount /m"};
  const running_handlers::mark outer{room, "say"};
  const auto number = s.board.running().at(0).number;
  s.now += 1s;
  {
    const running_handlers::mark inner{mount, "on_message"};
    s.now += 1s;
    CHECK(s.board.running().at(0).who == "mount /m");
    CHECK(running_handlers::on_this_thread().event == "on_message");
  }
  CHECK(s.board.running().at(0).event == "say");
  CHECK(s.board.running().at(0).ran == 2s);
  CHECK(s.board.running().at(0).number == number);
  CHECK(running_handlers::on_this_thread().who == "channel room:1");
}

TEST_CASE("a signal handler knows what its thread runs: all of a long name, or nothing", "[running]") {
  stepped s;
  CHECK(running_handlers::on_this_thread().who.empty());
  const std::string event(100, 'e');
  const running_handlers::entry room{&s.board, "channel room:1"};
  const running_handlers::mark at_work{room, event};
  CHECK(running_handlers::on_this_thread().event == event);
  CHECK(s.board.running().at(0).event == std::string(64, 'e'));
  std::thread{[] { CHECK(running_handlers::on_this_thread().who.empty()); }}.join();
}

TEST_CASE("an entry on no board costs nobody anything", "[running]") {
  const running_handlers::entry room{nullptr, "channel room:1"};
  const running_handlers::mark at_work{room, "say"};
  CHECK(running_handlers::on_this_thread().who.empty());
}

TEST_CASE("a thread that served another board before is on this one", "[running]") {
  for (int i = 0; i < 3; ++i) {
    stepped s;
    const running_handlers::entry room{&s.board, "channel room:" + std::to_string(i)};
    const running_handlers::mark at_work{room, "say"};
    CHECK(s.board.running().at(0).who == "channel room:" + std::to_string(i));
  }
}

TEST_CASE("a thread that serves two boards by turns has one place on each", "[running]") {
  stepped a, b;
  const running_handlers::entry one{&a.board, "channel a"}, two{&b.board, "channel b"};
  for (int i = 0; i < 3; ++i) {
    const running_handlers::mark at_a{one, "say"}, at_b{two, "say"};
    CHECK(a.board.running().size() == 1);
    CHECK(b.board.running().size() == 1);
    CHECK(b.board.running()[0].thread == 0);
  }
}

TEST_CASE("workers are silent for as long as none has run", "[running]") {
  stepped s;
  s.now += 2s;
  CHECK(s.board.workers_silent_for() == 2s);
  s.board.worker_ran();
  CHECK(s.board.workers_silent_for() == 0s);
}

TEST_CASE("what is seen of another thread is one run, never half of two, whatever comes and goes meanwhile", "[running]") {
  running_handlers board{[] { return std::chrono::steady_clock::now(); }};
  std::atomic<bool> over{false};
  std::thread runs{[&] {
    for (char c = 'a'; !over; c = c == 'z' ? 'a' : static_cast<char>(c + 1)) {
      const running_handlers::entry entry{&board, std::string(20, c)}; // goes while somebody looks
      const std::string event(static_cast<std::size_t>(c - 'a') * 2 + 10, c);
      const running_handlers::mark at_work{entry, event};
    }
  }};
  std::size_t seen = 0, wrong = 0;
  while (seen < 2'000)
    for (const auto& one : board.running()) {
      ++seen;
      const char c = one.who.at(0);
      const auto size = static_cast<std::size_t>(c - 'a') * 2 + 10;
      wrong += one.who != std::string(20, c) || one.event != std::string(size, c) ? 1 : 0;
    }
  over = true;
  runs.join();
  CHECK(wrong == 0);
}

TEST_CASE("times are counted in the bucket whose bound they do not pass", "[running]") {
  histogram h;
  for (const auto took : {0ns, std::chrono::nanoseconds{50us}, std::chrono::nanoseconds{51us}, std::chrono::nanoseconds{1h}})
    h.observe(took);
  h.observe(-5ns);
  const auto all = h.read();
  CHECK(all.counts.front() == 3);
  CHECK(all.counts[1] == 1);
  CHECK(all.counts.back() == 1);
  CHECK(all.count() == 5);
  CHECK(all.sum == 101us + 1h);
}
