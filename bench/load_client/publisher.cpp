#include "load_client/publisher.hpp"

namespace troupe::bench {

publisher::publisher(event_loop& loop, std::string_view host, const std::string& channel, stamper& stamps, audience& told)
    : websocket_client(loop, host), stamps_(stamps), audience_(told),
      command_(R"({"action":"publish","channel":")" + channel + R"(","data":)") {}

void publisher::publish(const stamp& what) {
  text_.assign(command_).append(stamps_.write(what)) += '}';
  append_text(frames_, text_);
}

void publisher::flush_published() {
  if (frames_.empty())
    return;
  send(frames_);
  frames_.clear();
}

void publisher::text(std::string_view message) {
  if (message.substr(0, 32).find(R"("type":"error")") != std::string_view::npos)
    audience_.trouble(message);
}

void publisher::ended(std::string_view why) {
  ready_ = false;
  audience_.trouble("publisher: " + std::string{why});
}

} // namespace troupe::bench
