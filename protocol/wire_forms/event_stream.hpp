#pragma once
/// Lines of a Server-Sent Events stream (HTML standard, section 9.2): CR, LF and CRLF all end a line there, so none
/// may pass from a value into the stream as it is.

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::protocol {

/// `name: value`; line ends and NUL in `value` are dropped.
void append_stream_field(std::string& out, std::string_view name, std::string_view value);

/// `id: epoch-offset`.
void append_stream_id(std::string& out, std::string_view epoch, std::uint64_t offset);

/// When to come back, `retry: ms`, or that one is not to: `id: over`.
struct closing;
void append_stream_return(std::string& out, const closing& m);

/// Turns what follows `begin` in `out` into `data:` lines, one per line of it, and ends the event. A line end within
/// JSON is white space, so a reader gets the same value.
void end_stream_data(std::string& out, std::size_t begin);

/// The `data:` lines of what `write` appends, and the empty line that ends the event.
template <class Write>
void append_stream_data(std::string& out, Write write) {
  const auto begin = out.size();
  out += "data: ";
  write(out);
  end_stream_data(out, begin);
}

} // namespace troupe::protocol
