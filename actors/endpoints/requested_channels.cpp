#include "actors/endpoints/requested_channels.hpp"

#include "actors/sessions/shard.hpp"

#include <algorithm>

namespace troupe::actors {

namespace {

std::optional<position> read_position(std::string_view text) {
  if (text.empty() || text == "-")
    return std::nullopt;
  return parse_position(text).value_or(position{std::string{text}, 0});
}

} // namespace

requested_channels requested_channels::of(const transports::http_request& request) {
  requested_channels all;
  bool empty = false;
  for (const auto name : request.parameters("channel"))
    if (name.empty())
      empty = true;
    else if (std::find(all.names.begin(), all.names.end(), name) == all.names.end())
      all.names.emplace_back(name);
  all.none = empty && all.names.empty();
  all.since.resize(all.names.size());
  return all;
}

void requested_channels::go_on_from(std::string_view positions) {
  since.assign(names.size(), std::nullopt);
  for (std::size_t i = 0; i < names.size() && !positions.empty(); ++i) {
    const auto end = names.size() == 1 ? positions.size() : std::min(positions.find(','), positions.size());
    since[i] = read_position(positions.substr(0, end));
    positions.remove_prefix(std::min(end + 1, positions.size()));
  }
}

std::optional<transports::http_response> too_many_channels(const request_context& at, const requested_channels& named) {
  auto& home = at.home();
  const auto most = home.settings().limits.sse_channels;
  if (named.names.size() <= most)
    return std::nullopt;
  home.counters().errors.count(error_code::bad_message);
  home.announce(events::limit_passed{"limits.sse_channels", std::to_string(named.names.size())});
  return transports::error_response(400, "bad_message", "an address names at most " + std::to_string(most) + " channels");
}

} // namespace troupe::actors
