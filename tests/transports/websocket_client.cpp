#include "tests/transports/websocket_client.hpp"

#include <array>
#include <stdexcept>

namespace troupe::transports::test {

namespace {

constexpr std::array<unsigned char, 4> mask{0x37, 0xfa, 0x21, 0x3d};
constexpr std::size_t shown_bytes_max = 40;

std::string big_endian(std::uint64_t value, unsigned bytes) {
  std::string out;
  for (unsigned i = bytes; i-- > 0;)
    out += static_cast<char>(value >> (8 * i));
  return out;
}

} // namespace

std::string client_frame::bytes() const {
  const std::uint64_t length = announced.value_or(payload.size());
  const unsigned wide = length_bytes != 0 ? length_bytes : length < 126 ? 0 : length < 65536 ? 2 : 8;
  std::string out(1, static_cast<char>(first));
  const unsigned in_byte = wide == 0 ? static_cast<unsigned>(length) : wide == 2 ? 126 : 127;
  out += static_cast<char>((masked ? 0x80u : 0u) | in_byte);
  out += big_endian(length, wide);
  if (!masked)
    return out + payload;
  out.append(reinterpret_cast<const char*>(mask.data()), mask.size());
  for (std::size_t i = 0; i < payload.size(); ++i)
    out += static_cast<char>(static_cast<unsigned char>(payload[i]) ^ mask[i % 4]);
  return out;
}

std::string text_frame(std::string_view payload) { return client_frame{.payload = std::string(payload)}.bytes(); }

std::string binary_frame(std::string_view payload) {
  return client_frame{.first = 0x82, .payload = std::string(payload)}.bytes();
}

std::string ping(std::string_view payload) {
  return client_frame{.first = 0x89, .payload = std::string(payload)}.bytes();
}

std::string pong(std::string_view payload) {
  return client_frame{.first = 0x8a, .payload = std::string(payload)}.bytes();
}

std::string close(unsigned code, std::string_view reason) {
  return client_frame{.first = 0x88, .payload = big_endian(code, 2) + std::string(reason)}.bytes();
}

std::string server_frame::text() const {
  if (opcode == 8)
    return payload.size() < 2 ? "close"
                              : "close " + std::to_string((static_cast<unsigned char>(payload[0]) << 8) +
                                                          static_cast<unsigned char>(payload[1]));
  const std::string name = opcode == 1    ? "text"
                           : opcode == 2  ? "binary"
                           : opcode == 9  ? "ping"
                           : opcode == 10 ? "pong"
                                          : "opcode " + std::to_string(opcode);
  if (payload.size() > shown_bytes_max)
    return name + " [" + std::to_string(payload.size()) + "]";
  return payload.empty() ? name : name + " " + payload;
}

websocket_client::websocket_client(std::uint16_t port, std::string_view path, int receive_buffer,
                                   std::string_view more_headers, int segment)
    : line_(port, "127.0.0.1", receive_buffer, segment) {
  line_.send(upgrade_request(path, more_headers));
  if (line_.response().status != 101)
    throw std::runtime_error("the server did not become a WebSocket");
}

std::optional<server_frame> websocket_client::frame() {
  const std::string header = line_.read(2);
  if (header.size() < 2)
    return std::nullopt;
  const unsigned first = static_cast<unsigned char>(header[0]);
  std::uint64_t length = static_cast<unsigned char>(header[1]);
  if ((first & 0xf0) != 0x80 || length > 127)
    throw std::runtime_error("the server sent a fragment, a reserved bit or a mask");
  if (length >= 126) {
    const std::string wide = line_.read(length == 126 ? 2 : 8);
    length = 0;
    for (const char c : wide)
      length = length << 8 | static_cast<unsigned char>(c);
  }
  return server_frame{first & 0x0f, line_.read(length)};
}

std::string websocket_client::hear() {
  const auto f = frame();
  return f ? f->text() : line_.was_reset() ? "reset" : "end";
}

std::string websocket_client::hear_all() {
  std::string all;
  for (;;) {
    const std::string next = hear();
    all += (all.empty() ? "" : ", ") + next;
    if (next == "end" || next == "reset")
      return all;
  }
}

std::string upgrade_request(std::string_view path, std::string_view more_headers) {
  return get(path, "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                       std::string(more_headers));
}

} // namespace troupe::transports::test
