#include "testing/node/arrivals.hpp"

namespace troupe::actors::testing {

std::optional<arrival> frame_at(std::string_view bytes, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(bytes[at + i])); };
  if (bytes.size() < at + 2)
    return std::nullopt;
  auto size = byte(1);
  const std::size_t extended = size == 126 ? 2 : size == 127 ? 8 : 0;
  if (bytes.size() < at + 2 + extended)
    return std::nullopt;
  if (extended) {
    size = 0;
    for (std::size_t i = 0; i < extended; ++i)
      size = size << 8 | byte(2 + i);
  }
  const auto begin = at + 2 + extended;
  if (bytes.size() < begin + size)
    return std::nullopt;
  return arrival{bytes.substr(begin, size), begin + size, (byte(0) & 0x0f) == 1};
}

std::optional<arrival> event_at(std::string_view bytes, std::size_t at) {
  constexpr std::string_view field = "data: ";
  for (;;) {
    const auto end = bytes.find("\n\n", at);
    if (end == std::string_view::npos)
      return std::nullopt;
    const auto block = bytes.substr(at, end - at);
    at = end + 2;
    auto data = block.starts_with(field) ? field.size() : block.find("\ndata: ");
    if (data == std::string_view::npos)
      continue;
    data = block.starts_with(field) ? data : data + 1 + field.size();
    return arrival{block.substr(data, block.find('\n', data) - data), at, true};
  }
}

nlohmann::json decoded(const arrival& what) {
  return what.text ? nlohmann::json::parse(what.body) : nlohmann::json::from_msgpack(what.body);
}

std::string encoded(const nlohmann::json& what, bool msgpack) {
  if (!msgpack)
    return what.dump();
  const auto bytes = nlohmann::json::to_msgpack(what);
  return {bytes.begin(), bytes.end()};
}

} // namespace troupe::actors::testing
