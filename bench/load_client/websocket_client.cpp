#include "load_client/websocket_client.hpp"

#include "framing/http_head.hpp"

#include <string>

namespace troupe::bench {

namespace {

// The pair that RFC 6455 uses as its example.
constexpr std::string_view key = "dGhlIHNhbXBsZSBub25jZQ==", accepted = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

std::uint32_t next_mask() noexcept {
  static std::uint32_t state = 0x9e3779b9; // xorshift: every frame gets another one
  state ^= state << 13;
  state ^= state >> 17;
  return state ^= state << 5;
}

} // namespace

void websocket_client::opened() {
  upgraded_ = false; // it may have been open before
  std::string request{"GET " + target() + " HTTP/1.1\r\nHost: "};
  request.append(host_).append("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n");
  request.append("Sec-WebSocket-Protocol: troupe.v1.json\r\nSec-WebSocket-Key: ").append(key).append("\r\n\r\n");
  send(request);
}

std::size_t websocket_client::receive(std::string_view bytes) {
  std::size_t taken = 0;
  if (!upgraded_) {
    taken = receive_head(bytes);
    if (taken == 0)
      return 0;
  }
  while (is_open()) {
    const auto frame = first_frame(bytes.substr(taken));
    if (!frame)
      break;
    taken += frame->size;
    take(*frame);
  }
  return taken;
}

std::size_t websocket_client::receive_head(std::string_view bytes) {
  const auto head = first_head(bytes);
  if (!head)
    return 0;
  if (head->status() != 101 || head->field("sec-websocket-accept") != accepted) {
    fail("no upgrade: " + std::string{bytes.substr(0, bytes.find('\r'))});
    return 0;
  }
  upgraded_ = true;
  upgraded();
  return head->text.size();
}

void websocket_client::take(const frame_view& frame) {
  if (!frame.final || frame.mask)
    return fail("a fragment or a masked frame from the server");
  if (frame.kind == opcode::text)
    return text(frame.payload);
  if (frame.kind == opcode::ping) {
    std::string pong;
    append_client_frame(pong, opcode::pong, frame.payload, next_mask());
    send(pong);
  } else if (frame.kind == opcode::close) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(frame.payload[i]); };
    fail("close code " + (frame.payload.size() < 2 ? "none" : std::to_string(byte(0) << 8 | byte(1))));
  }
}

void websocket_client::append_text(std::string& frames, std::string_view message) {
  append_client_frame(frames, opcode::text, message, next_mask());
}

void websocket_client::send_text(std::string_view message) {
  std::string frames;
  append_text(frames, message);
  send(frames);
}

} // namespace troupe::bench
