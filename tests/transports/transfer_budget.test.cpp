#include "transports/transfer_budget.hpp"

#include "tests/transports/running_server.hpp"
#include "tests/transports/websocket_client.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <memory>
#include <vector>

namespace troupe::transports::test {

namespace {

using std::chrono::seconds;

struct scripted_transfer final : transfer {
  explicit scripted_transfer(std::uint64_t so_far) : bytes_moved(so_far) {}
  [[nodiscard]] std::uint64_t moved() const override { return bytes_moved; }
  [[nodiscard]] bool waits_for_us() const override { return waits; }
  void cut_off() override { is_cut = true; }

  std::uint64_t bytes_moved;
  bool is_cut = false;
  bool waits = false;
};

const transfer_budget::time_point start{};

config::settings with_budget(std::size_t bytes) {
  auto settings = running_server::loopback();
  settings.limits.transfer_bytes = bytes;
  return settings;
}

} // namespace

TEST_CASE("what is held is the sum of all transfers, and what is over is given back") {
  transfer_budget budget(1000);
  scripted_transfer a(0), b(0);
  CHECK(budget.hold(a, 300, start) == 0);
  CHECK(budget.hold(b, 300, start) == 0);
  CHECK(budget.hold(a, 700, start) == 0);
  CHECK(budget.held() == 1000);
  CHECK(budget.hold(a, 0, start) == 0);
  CHECK(budget.held() == 300);
  budget.release(b);
  budget.release(b);
  CHECK(budget.held() == 0);
}

TEST_CASE("past the limit the slowest make way until a quarter is free") {
  transfer_budget budget(1000);
  scripted_transfer fast(0), slow(0), slower(0), fresh(0);
  budget.hold(fast, 300, start);
  budget.hold(slow, 200, start);
  budget.hold(slower, 200, start);
  fast.bytes_moved = 9000, slow.bytes_moved = 90, slower.bytes_moved = 30;
  CHECK(budget.hold(fresh, 400, start + seconds{10}) == 2);
  CHECK(slower.is_cut);
  CHECK(slow.is_cut);
  CHECK(!fast.is_cut);
  CHECK(!fresh.is_cut); // it has had no time
  CHECK(budget.held() == 700);
}

TEST_CASE("who holds much must move much: small ones that are slower are not cut off for it") {
  transfer_budget budget(1'000'000);
  scripted_transfer hoarder(0), small(0), fresh(0);
  budget.hold(hoarder, 900'000, start);
  budget.hold(small, 2'000, start);
  hoarder.bytes_moved = 50'000, small.bytes_moved = 10'000;
  CHECK(budget.hold(fresh, 200'000, start + seconds{10}) == 1);
  CHECK(hoarder.is_cut);
  CHECK(!small.is_cut);
  CHECK(!fresh.is_cut);
}

TEST_CASE("a few bytes are not taken for a pace") {
  transfer_budget budget(100'000);
  scripted_transfer trickles(0), steady(0), fresh(0); // the first has moved all that it holds
  budget.hold(trickles, 10, start);
  budget.hold(steady, 90'000, start);
  trickles.bytes_moved = 10, steady.bytes_moved = 40'000;
  CHECK(budget.hold(fresh, 20'000, start + seconds{10}) == 2);
  CHECK(trickles.is_cut);
}

TEST_CASE("what waits for us is not judged by its pace, and goes last") {
  transfer_budget budget(1000);
  scripted_transfer waiting(0), larger(0), slow(0), fresh(0);
  waiting.waits = larger.waits = true;
  budget.hold(waiting, 100, start);
  budget.hold(larger, 200, start);
  budget.hold(slow, 600, start);
  CHECK(budget.hold(fresh, 150, start + seconds{10}) == 1);
  CHECK(slow.is_cut);
  CHECK(!waiting.is_cut);
  CHECK(!larger.is_cut);
  CHECK(budget.hold(fresh, 180, start + seconds{11}) == 0);
  scripted_transfer more(0);
  CHECK(budget.hold(more, 650, start + seconds{11}) >= 1); // the limit holds for all
  CHECK(budget.held() <= 1000);
  CHECK(!waiting.is_cut);
}

TEST_CASE("who goes on steadily stays, whatever bursts and stops beside it, and however new that is") {
  transfer_budget budget(4'000'000);
  scripted_transfer steady(0);
  std::vector<std::unique_ptr<scripted_transfer>> stopped, fresh;
  auto now = start;
  const auto one_more = [&](auto& of) {
    of.push_back(std::make_unique<scripted_transfer>(58'000));
    return budget.hold(*of.back(), 58'000, now);
  };
  for (int tenth = 0; tenth < 30; ++tenth, now += std::chrono::milliseconds{100}) {
    steady.bytes_moved += 2'000;
    budget.hold(steady, steady.bytes_moved, now);
    if (tenth == 6)
      for (int i = 0; i < 60; ++i)
        one_more(stopped);
    if (tenth == 7)
      for (auto& one : stopped)
        budget.hold(*one, ++one->bytes_moved, now); // and not another byte
    if (tenth == 20)
      for (int i = 0; i < 40; ++i)
        one_more(fresh);
  }
  CHECK(std::any_of(stopped.begin(), stopped.end(), [](const auto& one) { return one->is_cut; }));
  CHECK(std::none_of(fresh.begin(), fresh.end(), [](const auto& one) { return one->is_cut; }));
  for (int i = 0; i < 200; ++i) // all of them younger than any judgement
    one_more(fresh);
  CHECK(std::any_of(fresh.begin(), fresh.end(), [](const auto& one) { return one->is_cut; }));
  CHECK_FALSE(steady.is_cut);
}

TEST_CASE("a burst buys no time for a trickle") {
  transfer_budget budget(100'000);
  scripted_transfer trickles(60'000), steady(1), fresh(0);
  auto now = start;
  for (int tenth = 0; tenth < 30; ++tenth, now += std::chrono::milliseconds{100}) {
    budget.hold(trickles, ++trickles.bytes_moved, now);
    budget.hold(steady, steady.bytes_moved += 1'000, now);
  }
  CHECK(budget.hold(fresh, 20'000, now) == 1);
  CHECK(trickles.is_cut);
}

TEST_CASE("where all have just begun the largest makes way") {
  transfer_budget budget(1000);
  scripted_transfer large(0), small(0), last(0);
  budget.hold(large, 700, start);
  budget.hold(small, 200, start);
  CHECK(budget.hold(last, 200, start) == 1);
  CHECK(large.is_cut);
  CHECK(!small.is_cut);
  CHECK(!last.is_cut);
  CHECK(budget.hold(last, 5000, start) >= 1);
  CHECK(last.is_cut); // nobody is above the limit
  CHECK(budget.held() <= 1000);
}

TEST_CASE("clients that stop half-way through a request make way for one that goes on") {
  running_server server(1, with_budget(256 * 1024));
  std::vector<client> stuck;
  for (int i = 0; i < 40; ++i) {
    stuck.push_back(server.connect());
    stuck.back().send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 60000\r\n\r\n" + std::string(50'000, 'x'));
  }
  REQUIRE(server.handler().await(transport_event::transfer_cut_off, 1));
  client honest = server.connect();
  honest.send(post("/echo", std::string(20'000, 'y'))); // never the largest of those that have just begun
  CHECK(honest.response().status == 200);
}

TEST_CASE("clients that stop half-way through a message make way, and hear that something was lost") {
  running_server server(1, with_budget(256 * 1024));
  std::vector<std::unique_ptr<websocket_client>> stuck;
  const std::string whole = binary_frame(std::string(60'000, 'x'));
  for (int i = 0; i < 40; ++i) {
    stuck.push_back(std::make_unique<websocket_client>(server.port()));
    stuck.back()->send(std::string_view(whole).substr(0, 50'000));
  }
  REQUIRE(server.handler().await(transport_event::transfer_cut_off, 1));
  CHECK(server.notes().await("closed"));
  websocket_client honest(server.port());
  honest.send(binary_frame(std::string(20'000, 'y')));
  CHECK(honest.hear() == "binary [20000]");
}

TEST_CASE("clients that do not take their responses make way, and who answers hears so") {
  running_server server(1, with_budget(1024 * 1024));
  std::vector<client> stuck;
  for (int i = 0; i < 40; ++i) {
    stuck.emplace_back(server.port(), "127.0.0.1", 4096);
    stuck.back().send(get("/large?bytes=200000"));
  }
  REQUIRE(server.handler().await(transport_event::transfer_cut_off, 1));
  CHECK(server.notes().await("not written"));
  client honest = server.connect();
  honest.send(get("/large?bytes=50000"));
  CHECK(honest.response().body.size() == 50'000);
}

TEST_CASE("who sends more while its request waits makes way for who sends a first one") {
  auto settings = with_budget(64 * 1024);
  settings.limits.request_timeout = std::chrono::milliseconds{1'200};
  running_server server(1, settings);
  std::vector<client> hoarders;
  for (int i = 0; i < 3; ++i) {
    hoarders.push_back(server.connect());
    hoarders.back().send(get("/hold") + std::string(15'000, 'x'));
  }
  REQUIRE(server.notes().await("held", hoarders.size()));
  CHECK(server.connect().ended()); // after the whole time of a request: none of them has just begun
  client honest = server.connect();
  honest.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 40000\r\n\r\n" + std::string(30'000, 'y'));
  REQUIRE(server.handler().await(transport_event::transfer_cut_off, 1));
  honest.send(std::string(10'000, 'y'));
  CHECK(honest.response().status == 200);
  CHECK(server.notes().has("abandoned"));
}

} // namespace troupe::transports::test
