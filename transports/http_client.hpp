#pragma once
/// One HTTP request to a node, and its answer: for command-line tools. Blocks, within a deadline. Thread: any.

#include <tl/expected.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace troupe::transports {

/// What a tool asks.
struct client_request {
  std::string host; ///< an address or a name
  std::uint16_t port = 0;
  std::string method = "GET";
  std::string target = "/";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::chrono::milliseconds deadline{5000};
};

/// What it hears.
struct client_response {
  unsigned status = 0;
  std::string body;
};

/// The answer, or a sentence for the operator: nobody listens, no answer in time, no HTTP.
[[nodiscard]] tl::expected<client_response, std::string> request_http(const client_request& what);

} // namespace troupe::transports
