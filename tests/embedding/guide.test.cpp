// docs/embedding.md: its samples compile as they stand there, and do what the page says.

#include "embedding_guide.hpp" // made of the page

#include "tests/config/scratch.hpp"
#include "tests/embedding/embedded.hpp"
#include "tests/transports/websocket_client.hpp"

#include <caf/actor_system_config.hpp>

#include <algorithm>
#include <fstream>

namespace troupe::embedding_test {

namespace {

/// Lines that a thread of the node's says, and the test waits for.
class told {
 public:
  [[nodiscard]] std::function<void(const std::string&)> to() {
    return [this](const std::string& text) {
      const std::lock_guard guard{mutex_};
      all_.push_back(text);
    };
  }
  [[nodiscard]] bool has(const std::string& text) const {
    return eventually([&] {
      const std::lock_guard guard{mutex_};
      return std::find(all_.begin(), all_.end(), text) != all_.end();
    });
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> all_;
};

} // namespace

TEST_CASE("the guide's lots are told to who has logged in, and kept by a thread") {
  std::vector<std::thread> workers;
  {
    node at{quiet()};
    add_routes(at, workers);
    at.start();
    CHECK(ask(at, "/lots/7").status == 401);
    transports::test::client c{at.port()};
    c.send(transports::test::get("/lots/7?currency=eur", "Cookie: login=ada\r\n"));
    CHECK(c.response().body == R"({"currency":"eur","lot":"7"})");
    c.send(transports::test::post("/lots", "a vase"));
    const auto kept = c.response();
    CHECK(kept.status == 201);
    CHECK(kept.body == "kept: POST a vase");
  }
  for (auto& w : workers)
    w.join();
}

TEST_CASE("the guide's figures of a hall are scraped") {
  node at{quiet()};
  add_halls(at);
  at.start();
  auto [then, sold] = future_answer();
  at.outlet().call("hall:1", "hammer", 250.0, std::move(then));
  CHECK(sold.get().ok());
  const auto body = ask(at, "/metrics").body;
  CHECK(body.find("hall_bids_total{hall=\"north\"} 1\n") != std::string::npos);
  CHECK(body.find("hall_price_euros 250\n") != std::string::npos);
  CHECK(body.find("hall_hammer_euros_bucket{le=\"1000\"} 1\n") != std::string::npos);
  node other{quiet()};
  const hall_figures figures{other};
  figures.sold(7);
  CHECK(figures.sold_so_far() == 1);
}

TEST_CASE("the guide's news are served while the main loop runs") {
  CHECK(serve_news([](const std::string& address) {
    const auto port = static_cast<std::uint16_t>(std::stoul(address.substr(address.rfind(':') + 1)));
    transports::test::client c{port};
    c.send(transports::test::get("/healthz"));
    CHECK(c.response().status == 200);
  }));
}

TEST_CASE("the guide's switch stops the node that it is a channel of, and its main loop ends") {
  node n{quiet()};
  n.channel("switch", [&n](const std::string&) { return std::make_unique<main_switch>(n); });
  n.start();
  std::jthread off{[out = n.outlet()] { out.call("switch", "off", payload{}, {}); }};
  watch_over(n);
  CHECK(n.stop(10s));
  CHECK(n.phase() == node_phase::idle);
}

TEST_CASE("the guide's program starts nothing beside a node that only prints") {
  std::string name = "news", version = "--version";
  char* line[] = {name.data(), version.data(), nullptr};
  bool started = false;
  CHECK(news_program(2, line, [&](std::stop_token, outlet) { started = true; }) == 0);
  CHECK_FALSE(started);
}

TEST_CASE("the guide's settings of the real node are its file's, but for the port") {
  const config::scratch_directory scratch;
  const auto file = (scratch / "real.toml").string();
  std::ofstream{file} << "listen.port = 1\nthreads.shards = 1\n";
  node n{beside_the_real_one(file)};
  n.start();
  CHECK(n.port() > 1);
  CHECK_THROWS_AS(beside_the_real_one("/nowhere/node.toml"), std::runtime_error);
}

TEST_CASE("the guide's mount echoes, and closes who says bye") {
  node n{quiet()};
  add_echo(n);
  n.start();
  transports::test::websocket_client c{n.port(), "/echo"};
  CHECK(c.hear() == "text welcome, one of 1");
  c.send(transports::test::text_frame("hello"));
  CHECK(c.hear() == "text hello");
  c.send(transports::test::text_frame("bye"));
  CHECK(c.hear() == "close 1000");
}

TEST_CASE("the guide's sum is made in the program's own system, which outlives the node") {
  caf::actor_system_config config;
  caf::actor_system mine{config};
  CHECK(add_beside(mine, 2, 3) == 5);
  CHECK(add_beside(mine, 20, 30) == 50);
}

TEST_CASE("the guide's settings are good") { CHECK(small_node().problems().empty()); }

TEST_CASE("the guide's outlet publishes, calls and moderates, and says when the node has gone") {
  node n{quiet()};
  add_rooms(n);
  n.open_channel("prices:*").open_channel("user:*");
  const auto out = n.outlet();
  CHECK_FALSE(tell_price(out, 1));
  n.start();
  CHECK(tell_price(out, 2));
  CHECK(ask_room(out, "hello") == "said");
  moderate(out, session_id{0, 0, 1});
  CHECK(eventually([&] { return out.waiting() == 0; }));
  REQUIRE(n.stop(10s));
  CHECK_FALSE(tell_price(out, 3));
  CHECK(ask_room(out, "hello") == "it was not handed over");
  n.start();
  CHECK(tell_price(out, 4));
}

TEST_CASE("the guide's feed is seen in the tree, and its reader hears it") {
  told heard_prices, log; // outlive the node
  node n{quiet()};
  n.open_channel("prices:*");
  add_feed(n);
  log_into(n, log.to());
  n.start();
  n.supervise(child("reader", [&](caf::local_actor& parent) {
    return parent.spawn<price_reader>(std::ref(n), heard_prices.to());
  }));
  CHECK(heard_prices.has("{\"price\":3}"));
  const auto tree = ask(n, "/api/tree").body;
  CHECK(tree.find("\"name\":\"feed\"") != std::string::npos);
  CHECK(tree.find("\"name\":\"reader\"") != std::string::npos);
  CHECK_THROWS_AS(add_feed(n), std::runtime_error);
  CHECK(n.stop(10s));
  CHECK(log.has("info: stopped"));
}

} // namespace troupe::embedding_test
