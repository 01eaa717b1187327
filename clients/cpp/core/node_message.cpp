#include "clients/cpp/core/node_message.hpp"

#include <algorithm>
#include <array>

namespace troupe::clients {

std::string node_message::text(std::string_view key) const {
  const auto found = more.find(key);
  return found != more.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::optional<std::uint64_t> node_message::number(std::string_view key) const {
  const auto found = more.find(key);
  if (found == more.end() || !found->is_number_integer() || *found < 0)
    return std::nullopt;
  return found->get<std::uint64_t>();
}

std::optional<bool> node_message::flag(std::string_view key) const {
  const auto found = more.find(key);
  if (found == more.end() || !found->is_boolean())
    return std::nullopt;
  return found->get<bool>();
}

std::optional<std::chrono::milliseconds> node_message::retry_after() const {
  constexpr std::uint64_t longest = 24 * 60 * 60 * 1000; // a slip of the node must not keep us away for ever
  const auto ms = number("retry_after");
  if (!ms)
    return std::nullopt;
  return std::chrono::milliseconds{std::min(*ms, longest)};
}

client_message node_message::as_client_message() const {
  return {channel, event.empty() ? "message" : event, data, offset, timestamp, from, type == "push"};
}

client_error node_message::as_error(bool sent) const {
  const auto code = text("code");
  return {code.empty() ? "internal" : code, text("message"), sent || code == "timeout", retry_after()};
}

bool is_passing(std::string_view error) noexcept {
  constexpr std::array<std::string_view, 5> all{"busy", "timeout", "unavailable", "internal", "limit"};
  return std::find(all.begin(), all.end(), error) != all.end();
}

client_error disconnected(bool sent) { return {"disconnected", "no connection", sent}; }

} // namespace troupe::clients
