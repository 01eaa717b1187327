// The client as applications hold it, where no node answers: threads, bounds, and the end, from everywhere.

#include <troupe/client.hpp>

#include <catch2/catch.hpp>

#include <deque>
#include <mutex>
#include <thread>

namespace troupe::clients::test {

using namespace std::chrono_literals;

namespace {

/// Nobody listens there.
client_options nowhere() {
  client_options options;
  options.url = "http://127.0.0.1:1";
  options.times.goodbye = 0ms;
  return options;
}

template <class T>
std::string error_of(std::future<T> answer) {
  try {
    answer.get();
    return "none";
  } catch (const client_error& e) {
    return e.code() + (e.sent() ? " (sent)" : "");
  }
}

/// Signals once, whoever is first.
class once {
 public:
  void happen() {
    if (!happened_.exchange(true))
      promise_.set_value();
  }
  void wait() { future_.get(); }

 private:
  std::atomic<bool> happened_ = false;
  std::promise<void> promise_;
  std::future<void> future_ = promise_.get_future();
};

} // namespace

TEST_CASE("options that mean nothing are refused") {
  const auto refused = [](auto change) {
    auto options = nowhere();
    change(options);
    CHECK_THROWS_AS(client{options}, std::invalid_argument);
  };
  refused([](auto& o) { o.url = "ftp://a"; });
  refused([](auto& o) { o.transports.clear(); });
  refused([](auto& o) { o.transports.push_back(client_transport::poll); });
  refused([](auto& o) { o.token = "a", o.token_source = [] { return "b"; }; });
  refused([](auto& o) { o.polled = true, o.executor = [](const auto& f) { f(); }; });
  refused([](auto& o) { o.limits.in_flight = 0; });
  refused([](auto& o) { o.times.connect = 0ms; });
  refused([](auto& o) { o.url = "https://a", o.tls.ca_file = "/no/such/file"; });
}

TEST_CASE("where nobody listens the client waits and says why, and its end answers everything") {
  auto options = nowhere();
  once waiting;
  std::future<position> said;
  std::future<void> joined;
  std::future<std::vector<client_member>> members;
  {
    client c{options};
    c.on_state([&](const client_status& now) {
      if (now.state == client_status::phase::waiting)
        waiting.happen();
    });
    CHECK(c.status().state == client_status::phase::idle);
    auto room = c.channel("room");
    CHECK(error_of(room.publish("said", payload::of(1))) == "not_joined");
    joined = room.subscribe();
    said = room.publish("said", payload::of(1));
    members = room.presence();
    c.connect();
    waiting.wait();
    CHECK(c.status().reason.find("127.0.0.1:1") != std::string::npos);
    CHECK(error_of(c.ping()) == "disconnected");
  }
  CHECK(error_of(std::move(joined)) == "closed");
  CHECK(error_of(std::move(said)) == "closed");
  CHECK(error_of(std::move(members)) == "closed");
}

TEST_CASE("a channel outlives its client as a handle that says that it is closed") {
  std::optional<client_channel> room;
  {
    client c{nowhere()};
    room = c.channel("room");
  }
  CHECK(room->name() == "room");
  CHECK(error_of(room->subscribe()) == "closed");
  CHECK(error_of(room->publish("said")) == "closed");
  CHECK(error_of(room->history()) == "closed");
  CHECK(error_of(room->presence()) == "closed");
  room->leave();
  room->rejoin();
}

TEST_CASE("what waits for its answer is bounded, by number and by bytes") {
  auto options = nowhere();
  options.limits.queue = 8;
  options.limits.in_flight = 4;
  options.limits.command_bytes = 100'000;
  client c{options};
  auto room = c.channel("room");
  room.subscribe();
  std::vector<std::future<position>> all;
  for (int i = 0; i < 13; ++i)
    all.push_back(room.publish("said", payload::of(i)));
  CHECK(error_of(std::move(all.back())) == "queue_full");

  client other{options};
  auto big = other.channel("room");
  big.subscribe();
  const auto first = big.publish("said", payload::of(std::string(80'000, 'x')));
  CHECK(error_of(big.publish("said", payload::of(std::string(80'000, 'x')))) == "queue_full");
  CHECK(first.wait_for(0s) == std::future_status::timeout);
}

TEST_CASE("a channel of a name is one until it was left, then another") {
  client c{nowhere()};
  auto room = c.channel("room");
  const auto id = room.on("said", [](const client_message&) {});
  CHECK(c.channel("room").on("said", [](const client_message&) {}) == id + 1);
  room.leave();
  CHECK(c.channel("room").on("said", [](const client_message&) {}) == 1);
  CHECK(error_of(room.subscribe()) == "closed");
}

TEST_CASE("a client is destroyed within its own callback, promptly, whatever runs callbacks") {
  for (const std::string way : {"its thread", "the network's thread", "a thread of ours"}) {
    INFO(way);
    auto options = nowhere();
    std::mutex mutex;
    std::deque<std::function<void()>> work;
    if (way == "the network's thread")
      options.executor = [](const std::function<void()>& what) { what(); };
    if (way == "a thread of ours")
      options.executor = [&](std::function<void()> what) {
        const std::lock_guard lock{mutex};
        work.push_back(std::move(what));
      };
    auto c = std::make_unique<client>(options);
    once destroyed;
    c->on_state([&](const client_status&) {
      c.reset();
      destroyed.happen();
    });
    auto said = c->channel("room").subscribe();
    c->connect();
    while (way == "a thread of ours" && c) {
      std::function<void()> next;
      {
        const std::lock_guard lock{mutex};
        if (!work.empty()) {
          next = std::move(work.front());
          work.pop_front();
        }
      }
      next ? next() : std::this_thread::yield();
    }
    destroyed.wait();
    CHECK(error_of(std::move(said)) == "closed");
  }
}

TEST_CASE("a client that is polled calls nothing by itself") {
  auto options = nowhere();
  options.polled = true;
  client c{options};
  std::vector<std::thread::id> where;
  c.on_state([&](const client_status&) { where.push_back(std::this_thread::get_id()); });
  c.connect();
  while (where.size() < 2) {
    CHECK_FALSE(c.status().state == client_status::phase::closed);
    c.poll();
    std::this_thread::yield();
  }
  for (const auto each : where)
    CHECK(each == std::this_thread::get_id());
}

TEST_CASE(
    "a token's source runs where callbacks do; a client that moves is the same, and one that is moved over has ended") {
  auto one = client{nowhere()};
  auto said = one.channel("room").subscribe();
  one = client{nowhere()};
  CHECK(error_of(std::move(said)) == "closed");
  auto two = std::move(one);
  CHECK(two.status().state == client_status::phase::idle);
  two.close("enough");
  auto late = two.channel("late").subscribe();
  CHECK(error_of(std::move(late)) == "closed");
  CHECK(two.status().reason == "enough");
}

TEST_CASE("clients that come and go while they connect, from several threads, leave nothing behind") {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([] {
      for (int i = 0; i < 25; ++i) {
        client c{nowhere()};
        auto room = c.channel("room");
        room.on_message([](const client_message&) {});
        auto joined = room.subscribe();
        c.connect();
        if (i % 2)
          c.close();
      }
    });
  for (auto& each : threads)
    each.join();
}

} // namespace troupe::clients::test
