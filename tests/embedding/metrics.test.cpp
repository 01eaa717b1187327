// Metrics of a program's own, as whoever scrapes its node reads them.

#include "tests/embedding/embedded.hpp"

#include <optional>
#include <stdexcept>

namespace troupe::embedding_test {

TEST_CASE("a program's metrics are scraped beside the node's, also those that are made while it runs") {
  std::optional<counter> bids;
  {
    node at{quiet()};
    bids = at.counter("auction_bids_total", "Bids that were taken.", {{"house", "north"}});
    at.start();
    bids->add(3);
    const auto price = at.gauge("auction_price_euros", "The price now.");
    price.set(7);
    const auto body = ask(at, "/metrics").body;
    CHECK(body.find("\nauction_bids_total{house=\"north\"} 3\n") != std::string::npos);
    CHECK(body.find("\n# TYPE auction_price_euros gauge\nauction_price_euros 7\n") != std::string::npos);
    CHECK(body.find("\ntroupe_channels ") != std::string::npos);
    CHECK_THROWS_AS(at.counter("auction_bids_total", "Bids that were taken.", {{"house", "north"}}), std::invalid_argument);
    at.stop();
    at.start(); // what was counted stays
    CHECK(ask(at, "/metrics").body.find("auction_bids_total{house=\"north\"} 3\n") != std::string::npos);
  }
  bids->add();
  CHECK(bids->value() == 4);
}

TEST_CASE("a node has at most as many series of its program as limits.metric_series says") {
  auto settings = quiet();
  settings.set("limits.metric_series", 1);
  node at{settings};
  (void)at.gauge("one", "One.");
  CHECK_THROWS_AS(at.gauge("two", "Two."), std::length_error);
}

} // namespace troupe::embedding_test
