#pragma once
/// Clients that come back to their session.

#include "tests/actors/virtual_node/scene.hpp"

#include <sstream>

namespace troupe::actors::testing {

/// Counts what `received` counts.
inline std::uint64_t counted(const std::vector<json>& messages) {
  std::uint64_t n = 0;
  for (const auto& m : messages)
    n += m["type"] != "welcome" && m["type"] != "resumed";
  return n;
}

inline json token_of(ws_client& c) { return c.messages("welcome").at(0)["token"]; }

inline ws_client back(virtual_node& node, const std::string& token) {
  return ws_client{node, "troupe.v1.json", home_of(node, [&] {
                     auto r = request("GET", "/ws?token=" + token);
                     r.upgrade = true;
                     return r;
                   }()), "/ws?token=" + token};
}

/// Numbers published, as a stream of envelopes shows them.
inline std::vector<int> in_stream(const sse_client& c) {
  std::vector<int> all;
  std::istringstream text{c.stream()};
  for (std::string line; std::getline(text, line);)
    if (line.starts_with("data: "))
      if (const auto m = json::parse(line.substr(6)); m["type"] == "broadcast")
        all.push_back(m["data"]);
  return all;
}

inline void resume(ws_client& c, const std::string& token, std::uint64_t received) {
  c.send({{"action", "resume"}, {"token", token}, {"received", received}});
}

/// A WebSocket that has asked to go on with that session; settled.
inline ws_client come_back(virtual_node& node, const std::string& token, std::uint64_t received) {
  auto c = back(node, token);
  resume(c, token, received);
  node.settle();
  return c;
}

} // namespace troupe::actors::testing
