#include "config/text_rules.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <string>

namespace troupe::config {

namespace {

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool is_graphic(char c) { return c > ' ' && c < '\x7f'; }

bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }

bool is_ipv6(std::string_view text) {
  in6_addr ignored{};
  return inet_pton(AF_INET6, std::string{text}.c_str(), &ignored) == 1;
}

bool is_ipv4(std::string_view text) {
  in_addr ignored{};
  return inet_pton(AF_INET, std::string{text}.c_str(), &ignored) == 1;
}

bool is_host(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']'))
    return is_ipv6(text.substr(1, text.size() - 2));
  return !text.empty() && text.size() <= 253 && std::all_of(text.begin(), text.end(), [](char c) {
    return is_alphanumeric(c) || c == '-' || c == '.' || c == '_';
  });
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

} // namespace

const char* node_name_rule(std::string_view text) {
  const bool good = !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return is_alphanumeric(c) || c == '-' || c == '_' || c == '.';
  });
  return good ? nullptr : "1 to 64 letters, digits, `-`, `_` or `.`";
}

const char* ip_address_rule(std::string_view text) {
  return is_ipv4(text) || is_ipv6(text) ? nullptr : "an IP address such as 127.0.0.1, 0.0.0.0 or ::1";
}

const char* host_rule(std::string_view text) {
  return is_host(text) || is_ipv6(text) ? nullptr : "a host name or address without a port, such as example.org";
}

const char* origin_rule(std::string_view text) {
  if (text == "*" || text == "null")
    return nullptr;
  constexpr auto wanted = "an origin such as https://example.org or http://localhost:3000 (no path), or `*`";
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos || scheme_end == 0)
    return wanted;
  auto host = text.substr(scheme_end + 3);
  const auto colon = host.rfind(':');
  if (colon != std::string_view::npos && !host.ends_with(']')) {
    if (!is_port(host.substr(colon + 1)))
      return wanted;
    host = host.substr(0, colon);
  }
  return is_host(host) ? nullptr : wanted;
}

const char* api_key_rule(std::string_view text) {
  const bool good = text.size() <= 512 && std::all_of(text.begin(), text.end(), is_graphic);
  return good ? nullptr : "at most 512 printable ASCII characters without spaces";
}

const char* path_rule(std::string_view text) {
  const bool good = text.size() < 4096 && std::none_of(text.begin(), text.end(), is_control);
  return good ? nullptr : "a path without control characters";
}

const char* channel_rule(std::string_view text) {
  const bool good = text.size() <= 255 && !text.ends_with('*') && std::none_of(text.begin(), text.end(), is_control);
  return good ? nullptr : "the name of one channel: at most 255 bytes, no control characters, no `*` at its end";
}

const char* pattern_rule(std::string_view text) {
  const auto star = text.find('*');
  const bool good = !text.empty() && text.size() <= 255 &&
                    (star == std::string_view::npos || star == text.size() - 1) &&
                    std::none_of(text.begin(), text.end(), is_control);
  return good ? nullptr : "a channel name, or a prefix that ends in `*` (room:*), of at most 255 bytes";
}

} // namespace troupe::config
