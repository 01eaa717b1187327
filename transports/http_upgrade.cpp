#include "transports/http_upgrade.hpp"

#include "protocol/base64.hpp"

#include <openssl/sha.h>

#include <array>

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

std::string upgrade_text(std::string_view key, std::string_view subprotocol, std::string_view date) {
  const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455 section 4.2.2
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::string out = "HTTP/1.1 101 Switching Protocols\r\nDate: ";
  out += date;
  out += "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ";
  protocol::append_base64(out, {reinterpret_cast<const char*>(digest.data()), digest.size()});
  if (!subprotocol.empty()) {
    out += "\r\nSec-WebSocket-Protocol: ";
    out += subprotocol;
  }
  out += "\r\n\r\n";
  return out;
}

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
