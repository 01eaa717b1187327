#include "tests/server/web_socket.hpp"

#include <stdexcept>
#include <utility>

namespace troupe::server::test {

namespace wire = transports::test;

namespace {

std::string header_for(std::string_view subprotocol) {
  return subprotocol.empty() ? std::string{} : "Sec-WebSocket-Protocol: " + std::string{subprotocol} + "\r\n";
}

} // namespace

web_socket::web_socket(std::uint16_t port, std::string_view subprotocol, std::string_view path, int receive_buffer,
                       int segment)
    : line_(port, path, receive_buffer, header_for(subprotocol), segment), msgpack_(subprotocol == as_msgpack),
      welcome_(hear()) {}

// -- saying -------------------------------------------------------------------

void web_socket::say(const json& message) {
  if (!msgpack_) {
    line_.send(wire::text_frame(message.dump()));
    return;
  }
  const auto bytes = json::to_msgpack(message);
  line_.send(wire::binary_frame({reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
}

json web_socket::ask(json message) {
  const auto id = ++last_id_;
  message["id"] = id;
  say(message);
  for (;;) {
    auto next = read();
    if (!next)
      throw std::runtime_error("closed instead of answering: " + last_);
    if (next->contains("id") && (*next)["id"] == id)
      return *next;
    kept_.push_back(std::move(*next));
  }
}

void web_socket::join(std::string_view channel) {
  if (const auto said = ask({{"action", "subscribe"}, {"channel", channel}}); said["type"] != "subscribed")
    throw std::runtime_error("not joined: " + said.dump());
}

// -- hearing ------------------------------------------------------------------

std::optional<json> web_socket::read() {
  for (;;) {
    const auto frame = line_.frame();
    if (!frame) {
      if (last_.empty())
        last_ = line_.line().was_reset() ? "reset" : "end";
      return std::nullopt;
    }
    if (frame->opcode == 9) {
      line_.send(wire::pong(frame->payload));
    } else if (frame->opcode == 8) {
      last_ = frame->text();
      line_.send(wire::client_frame{.first = 0x88, .payload = frame->payload}.bytes()); // as browsers do
    }
    if (frame->opcode == 1)
      return json::parse(frame->payload);
    if (frame->opcode == 2)
      return json::from_msgpack(frame->payload);
  }
}

std::optional<json> web_socket::try_hear() {
  if (kept_.empty())
    return read();
  auto first = std::move(kept_.front());
  kept_.pop_front();
  return first;
}

json web_socket::hear() {
  auto next = try_hear();
  if (!next)
    throw std::runtime_error("closed instead of speaking: " + last_);
  return std::move(*next);
}

json web_socket::hear(std::string_view type) {
  for (;;)
    if (auto next = hear(); next["type"] == type)
      return next;
}

std::string web_socket::end() {
  while (try_hear()) {
  }
  return last_;
}

} // namespace troupe::server::test
