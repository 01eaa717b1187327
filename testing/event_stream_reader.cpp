#include "testing/event_stream_reader.hpp"

namespace troupe::protocol::test {

namespace {

/// Takes a line off `stream`; false if no line end is left.
bool take_line(std::string_view& stream, std::string_view& line) {
  const auto end = stream.find_first_of("\r\n");
  if (end == std::string_view::npos)
    return false;
  line = stream.substr(0, end);
  stream.remove_prefix(end + (stream.substr(end, 2) == "\r\n" ? 2 : 1));
  return true;
}

struct reader {
  stream_reading result;
  std::string event, data, id;

  void dispatch() {
    result.last_id = id;
    if (!data.empty()) {
      data.pop_back(); // the last line feed
      result.events.push_back({event, data, id});
    }
    data.clear();
    event.clear();
  }

  void field(std::string_view name, std::string_view value) {
    if (name == "event")
      event = value;
    else if (name == "data")
      data.append(value) += '\n';
    else if (name == "id" && value.find('\0') == std::string_view::npos)
      id = value;
    else if (name == "retry")
      result.retry = std::stoi(std::string(value));
  }

  void line(std::string_view text) {
    result.in_event = !text.empty();
    if (text.empty())
      return dispatch();
    const auto colon = text.find(':');
    if (colon == 0)
      return;
    auto value = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
    if (value.starts_with(' '))
      value.remove_prefix(1);
    field(text.substr(0, colon), value);
  }
};

} // namespace

stream_reading read_event_stream(std::string_view stream) {
  reader r;
  for (std::string_view line; take_line(stream, line);)
    r.line(line);
  r.result.in_event = r.result.in_event || !stream.empty();
  return r.result;
}

} // namespace troupe::protocol::test
