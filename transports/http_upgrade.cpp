#include "transports/http_upgrade.hpp"

#include "protocol/base64.hpp"

namespace troupe::transports {

namespace {

constexpr std::size_t key_text_bytes = 24;
constexpr std::size_t key_bytes = 16;

constexpr http_refusal not_get{400, "bad_handshake", "a WebSocket upgrade is a GET"};
constexpr http_refusal too_old{400, "bad_handshake", "a WebSocket upgrade needs HTTP/1.1"};
constexpr http_refusal has_body{400, "bad_handshake", "a WebSocket upgrade has no body"};
constexpr http_refusal no_connection{400, "bad_handshake", "the Connection header does not name Upgrade"};
constexpr http_refusal bad_key{400, "bad_handshake", "Sec-WebSocket-Key is not one base64 text of 16 bytes"};
constexpr http_refusal bad_version{426, "bad_websocket_version", "this server speaks WebSocket version 13"};

struct only_value {
  const std::string* value = nullptr;
  std::size_t count = 0;
};

only_value find(const http_head& head, std::string_view name) {
  only_value found;
  for (const auto& [key, value] : head.headers)
    if (key == name) {
      found.value = &value;
      ++found.count;
    }
  return found;
}

bool any_has_token(const http_head& head, std::string_view name, std::string_view token) {
  for (const auto& [key, value] : head.headers)
    if (key == name && has_token(value, token))
      return true;
  return false;
}

bool is_key(const only_value& key) {
  if (key.count != 1 || key.value->size() != key_text_bytes)
    return false;
  const auto bytes = protocol::decode_base64(*key.value);
  return bytes && bytes->size() == key_bytes;
}

} // namespace

bool asks_for_websocket(const http_head& head) {
  return any_has_token(head, "upgrade", "websocket");
}

std::optional<http_refusal> check_websocket_upgrade(const http_head& head) {
  if (head.method != "GET")
    return not_get;
  if (!head.http_1_1)
    return too_old;
  if (head.framing != body_framing::none)
    return has_body;
  if (!any_has_token(head, "connection", "upgrade"))
    return no_connection;
  if (const only_value version = find(head, "sec-websocket-version");
      version.count != 1 || *version.value != websocket_version)
    return bad_version;
  if (!is_key(find(head, "sec-websocket-key")))
    return bad_key;
  return std::nullopt;
}

} // namespace troupe::transports
