#pragma once
/// A virtual node with `room:*`, and verbs for what tests do all the time.

#include "testing/node/clients.hpp"
#include "rooms.hpp"

namespace troupe::actors::testing {

/// Publishes numbers `from` to `to` on `channel`, one by one, as the node's API; settles.
inline void publish_numbers(virtual_node& node, const std::string& channel, int from, int to) {
  for (int i = from; i <= to; ++i)
    api(node, "/api/publish", {{"channel", channel}, {"event", "n"}, {"data", i}});
}

[[nodiscard]] inline std::vector<int> numbers(const std::vector<heard>& all) {
  std::vector<int> list;
  for (const auto& h : all)
    list.push_back(h.data.get<int>());
  return list;
}

[[nodiscard]] inline std::vector<int> range(int from, int to) {
  std::vector<int> list;
  for (int i = from; i <= to; ++i)
    list.push_back(i);
  return list;
}

struct scene {
  explicit scene(config::settings settings = test_settings(), std::uint32_t shards = 2)
      : node(plan(notes), std::move(settings), shards) {}

  static node_plan plan(const std::shared_ptr<diary>& notes) {
    node_plan p;
    p.classes.add("room:*", [notes](const std::string&) { return std::make_unique<test_room>(notes); });
    return p;
  }

  std::shared_ptr<diary> notes = std::make_shared<diary>();
  virtual_node node;
};

} // namespace troupe::actors::testing
