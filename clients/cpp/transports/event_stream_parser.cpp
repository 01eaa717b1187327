#include "clients/cpp/transports/event_stream_parser.hpp"

#include <utility>

namespace troupe::clients {

bool event_stream_parser::take(std::string_view bytes, const std::function<bool(std::string)>& event) {
  for (const char c : bytes) {
    const bool second_of_two = c == '\n' && std::exchange(after_return_, false);
    after_return_ = c == '\r';
    if (second_of_two)
      continue;
    if (c == '\n' || c == '\r') {
      if (!end_of_line(event))
        return true;
    } else {
      line_ += c;
      if (line_.size() + data_.size() > bytes_max_)
        return false;
    }
  }
  return true;
}

bool event_stream_parser::end_of_line(const std::function<bool(std::string)>& event) {
  const auto line = std::exchange(line_, {});
  if (line.empty())
    return !std::exchange(has_data_, false) || event(std::exchange(data_, {}));
  constexpr std::string_view key = "data:";
  if (!line.starts_with(key) && line != "data")
    return true;
  auto value = line.size() > key.size() ? std::string_view{line}.substr(key.size()) : std::string_view{};
  if (value.starts_with(' '))
    value.remove_prefix(1);
  if (std::exchange(has_data_, true))
    data_ += '\n';
  data_ += value;
  return true;
}

} // namespace troupe::clients
