#include "load_client/websocket_subscriber.hpp"

namespace troupe::bench {

namespace {

/// The string behind the first `"token":"` of a welcome.
std::string token_in(std::string_view welcome) {
  constexpr std::string_view key = R"("token":")";
  const auto at = welcome.find(key);
  return at == std::string_view::npos ? std::string{}
                                      : std::string{welcome.substr(at + key.size(), welcome.find('"', at + key.size()) - at - key.size())};
}

} // namespace

std::string websocket_subscriber::target() const { return token_.empty() ? "/ws" : "/ws?token=" + token_; }

void websocket_subscriber::upgraded() {
  if (token_.empty())
    send_text(R"({"action":"subscribe","id":1,"channel":")" + channel_ + R"("})");
  else
    send_text(R"({"action":"resume","id":0,"token":")" + token_ + R"(","received":)" + std::to_string(received_) + "}");
}

void websocket_subscriber::text(std::string_view message) {
  const auto head = message.substr(0, 32);
  const auto is = [&](std::string_view type) { return head.find(type) != std::string_view::npos; };
  if (is(R"("type":"welcome")")) { // coming back: that of a session which it does not want
    if (token_.empty())
      token_ = token_in(message);
    return;
  }
  if (is(R"("type":"resumed")"))
    return audience_.back(now() - opened_at_);
  ++received_;
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
