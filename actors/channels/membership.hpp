#pragma once

#include "protocol/messages.hpp"

#include <troupe/member.hpp>
#include <troupe/payload.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::actors {

class channel_end;

/// One member, and what it asked for.
struct attendance {
  member who;
  std::shared_ptr<channel_end> via;
  bool presence = false; ///< asked to hear who comes and goes
  payload about{};       ///< what those are told of it
};

/// What those who read presence are told of it.
[[nodiscard]] protocol::member_info info_of(const attendance& who);
/// About what that takes on the wire.
[[nodiscard]] std::size_t named_bytes(const attendance& who) noexcept;

/// Who is in a channel, and over which link each is reached. Ordered by session, so that it can be paged.
/// Owner: the channel_runtime. Thread: the channel's. Bounded by the sessions of the node.
class membership {
 public:
  const attendance& add(attendance a);
  std::optional<attendance> remove(session_id who);

  [[nodiscard]] attendance* find(session_id who);
  [[nodiscard]] const attendance* find(session_id who) const;
  [[nodiscard]] std::vector<member> members() const;
  [[nodiscard]] std::vector<session_id> sessions() const;
  [[nodiscard]] std::vector<session_id> reached_over(const channel_end& via) const;
  [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }
  /// Of a user who has a name.
  [[nodiscard]] std::size_t sessions_of(std::string_view user) const;
  [[nodiscard]] std::size_t presence_readers() const noexcept { return presence_readers_; }
  [[nodiscard]] std::size_t named_bytes() const noexcept { return named_bytes_; } ///< of all

  using table = std::map<session_id, attendance>;
  [[nodiscard]] const table& all() const noexcept { return all_; }

 private:
  table all_;
  std::map<std::string, std::uint32_t, std::less<>> users_; // sessions of each
  std::size_t presence_readers_ = 0;
  std::size_t named_bytes_ = 0;
};

} // namespace troupe::actors
