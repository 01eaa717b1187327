#include "load_client/websocket_subscriber.hpp"

namespace troupe::bench {

void websocket_subscriber::upgraded() {
  send_text(R"({"action":"subscribe","id":1,"channel":")" + std::string{channel_} + R"("})");
}

void websocket_subscriber::text(std::string_view message) {
  const auto head = message.substr(0, 32);
  const auto is = [&](std::string_view type) { return head.find(type) != std::string_view::npos; };
  if (is(R"("type":"broadcast")"))
    return audience_.hear(index_, message);
  if (is(R"("type":"subscribed")") && !subscribed_) {
    subscribed_ = true;
    audience_.subscribed();
  } else if (is(R"("type":"gap")")) {
    audience_.gap();
  } else if (is(R"("type":"error")") || is(R"("type":"unsubscribed")") || is(R"("type":"closing")")) {
    audience_.trouble(message);
  }
}

} // namespace troupe::bench
