#include "transports/response_text.hpp"

#include "transports/http_header.hpp"

#include <algorithm>

namespace troupe::transports {

namespace {

struct status_name {
  unsigned status;
  std::string_view name;
};

constexpr status_name status_names[] = {
  {200, "OK"}, {201, "Created"}, {202, "Accepted"}, {204, "No Content"}, {206, "Partial Content"},
  {301, "Moved Permanently"}, {302, "Found"}, {303, "See Other"}, {304, "Not Modified"},
  {307, "Temporary Redirect"}, {308, "Permanent Redirect"},
  {400, "Bad Request"}, {401, "Unauthorized"}, {403, "Forbidden"}, {404, "Not Found"}, {405, "Method Not Allowed"},
  {406, "Not Acceptable"}, {408, "Request Timeout"}, {409, "Conflict"}, {410, "Gone"}, {413, "Content Too Large"},
  {415, "Unsupported Media Type"}, {416, "Range Not Satisfiable"}, {417, "Expectation Failed"},
  {421, "Misdirected Request"}, {422, "Unprocessable Content"}, {426, "Upgrade Required"},
  {429, "Too Many Requests"}, {431, "Request Header Fields Too Large"},
  {500, "Internal Server Error"}, {501, "Not Implemented"}, {502, "Bad Gateway"}, {503, "Service Unavailable"},
  {504, "Gateway Timeout"}, {505, "HTTP Version Not Supported"},
};

std::string_view name_of(unsigned status) {
  const auto* found = std::find_if(std::begin(status_names), std::end(status_names),
                                   [status](const status_name& s) { return s.status == status; });
  return found == std::end(status_names) ? "Status" : found->name;
}

/// A field cannot end its line.
void append_field(std::string& out, std::string_view name, std::string_view value) {
  const auto append = [&out](std::string_view text) {
    for (const char c : text)
      out += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
  };
  append(name);
  out += ": ";
  append(value);
  out += "\r\n";
}

/// What becomes of it, and what the response names beside (RFC 9110 section 7.8: Upgrade).
std::string connection_of(const http_response& r, bool keep_alive) {
  std::string options = keep_alive ? "keep-alive" : "close";
  for (const auto& [name, value] : r.headers)
    if (equal_ignoring_case(name, "connection"))
      options += ", " + value;
  return options;
}

} // namespace

std::string response_text(const http_response& r, std::string_view date, response_options options) {
  const bool no_content = r.status == 204 || r.status == 304; // RFC 9110 section 8.6: no length, no body
  std::string out;
  out.reserve(256 + (options.head_only ? 0 : r.body.size()));
  out += "HTTP/1.1 ";
  out += std::to_string(r.status);
  out += ' ';
  out += name_of(r.status);
  out += "\r\n";
  append_field(out, "Date", date);
  append_field(out, "Connection", connection_of(r, options.keep_alive));
  if (!no_content && !options.until_close)
    append_field(out, "Content-Length", std::to_string(r.body.size() + (r.rest ? r.rest->size() : 0)));
  for (const auto& [name, value] : r.headers)
    if (!equal_ignoring_case(name, "connection"))
      append_field(out, name, value);
  out += "\r\n";
  if (!no_content && !options.head_only)
    out += r.body;
  return out;
}

} // namespace troupe::transports
