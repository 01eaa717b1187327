#include "protocol/wire_forms/event_stream.hpp"

#include "protocol/json_text.hpp"
#include "protocol/messages.hpp"
#include "protocol/names.hpp"

namespace troupe::protocol {

namespace {

constexpr std::string_view data_prefix = "data: ";

constexpr bool ends_line(char c) noexcept { return c == '\r' || c == '\n' || c == '\0'; }

void append_value(std::string& out, std::string_view value) {
  for (const char c : value)
    if (!ends_line(c))
      out += c;
}

void append_lines(std::string& out, std::string_view text) {
  for (;;) {
    const auto end = text.find_first_of("\r\n");
    out += data_prefix;
    out += text.substr(0, end);
    out += '\n';
    if (end == std::string_view::npos)
      return;
    text.remove_prefix(end + (text.substr(end, 2) == "\r\n" ? 2 : 1));
  }
}

} // namespace

void append_stream_field(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  append_value(out, value);
  out += '\n';
}

void append_stream_id(std::string& out, std::string_view epoch, std::uint64_t offset) {
  out += "id: ";
  append_value(out, epoch);
  out += '-';
  append_json_unsigned(out, offset);
  out += '\n';
}

void append_stream_return(std::string& out, const closing& m) {
  if (m.code != close_code::none)
    return append_stream_field(out, "id", stream_is_over);
  out += "retry: ";
  append_json_integer(out, m.retry_after < 0 ? 0 : m.retry_after);
  out += '\n';
}

void end_stream_data(std::string& out, std::size_t begin) {
  if (out.find_first_of("\r\n", begin) != std::string::npos) {
    const auto text = out.substr(begin + data_prefix.size());
    out.resize(begin);
    append_lines(out, text);
  } else {
    out += '\n';
  }
  out += '\n';
}

} // namespace troupe::protocol
