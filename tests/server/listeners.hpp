#pragma once
/// What a subscriber hears, whatever its transport. One line enrols a transport in every test that takes them all.

#include "tests/server/web_socket.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace troupe::server::test {

struct heard {
  json data;
  std::uint64_t offset = 0;
};

class listener {
 public:
  virtual ~listener() = default;

  /// The next publication; nothing once the stream has ended, or where a gap is told.
  virtual std::optional<heard> next() = 0;

  /// How it ended: `close 1001`, `end` of a stream, the `status` of a poll.
  virtual std::string ending() = 0;

  std::vector<heard> hear(std::size_t count); ///< less at the end, or up to a gap: what is missing does not come
  std::vector<heard> hear_all();              ///< up to the end, or a gap

  std::string kind{};
  std::vector<json> gaps{};
};

using listener_ptr = std::unique_ptr<listener>;

/// Subscribed to `channel` when they return, but for polls: see `members`.
struct kind_of_listener {
  const char* name;
  const char* transport; ///< as /api/connections calls it
  std::function<listener_ptr(std::uint16_t port, const std::string& channel)> open;
};
[[nodiscard]] const std::vector<kind_of_listener>& all_kinds();

/// Listeners of every kind on every shard, `each` or a few more, all of them subscribed.
[[nodiscard]] std::vector<listener_ptr> everywhere(const running_node& node, const std::string& channel, std::size_t shards,
                                                   std::size_t each = 1);

[[nodiscard]] std::vector<json> data_of(const std::vector<heard>& all);
[[nodiscard]] bool in_order(const std::vector<heard>& all); ///< offsets rise

} // namespace troupe::server::test
