#pragma once

#include "testing/node/caller.hpp"
#include "testing/node/virtual_node.hpp"

#include <troupe/testing/node_under_test.hpp>

#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace troupe::testing {

/// The virtual node behind a node_under_test, and its clients, which read what arrives as it arrives.
/// Owner: the node_under_test and its handles. Thread: the test's.
class node_bench {
 public:
  node_bench(config::loaded read, node_shape shape) : read_(std::move(read)), shape_(shape) {}

  /// What the application adds. Throws std::logic_error once the node has started.
  [[nodiscard]] actors::node_plan& plan();
  /// Starts it, if need be. Throws settings_error if what was added contradicts the configuration.
  [[nodiscard]] actors::testing::virtual_node& node();

  [[nodiscard]] std::shared_ptr<caller> connect(connect_details how);
  void go(caller& who, wire over);
  /// Until nothing more happens without time.
  void run();
  void pass(std::chrono::milliseconds time);

  /// The answer must be there by then.
  [[nodiscard]] transports::http_response request(std::string method, std::string target, std::string body,
                                                  std::vector<std::pair<std::string, std::string>> headers);
  /// With the node's key.
  [[nodiscard]] transports::http_response api(const std::string& path, const nlohmann::json& body);

  void storm(const storm_plan& plan, const std::function<void(std::size_t step)>& meanwhile);

 private:
  void befall(caller& who, std::mt19937_64& dice);
  void crash_one(std::mt19937_64& dice);

  const config::loaded read_;
  const node_shape shape_;
  actors::node_plan plan_;
  std::unique_ptr<actors::testing::virtual_node> node_;
  std::vector<std::shared_ptr<caller>> callers_; // go before the node
};

} // namespace troupe::testing
