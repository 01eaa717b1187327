#include "load_client/poll_subscriber.hpp"

#include "framing/http_head.hpp"

#include "load_client/percent_encoding.hpp"

#include <charconv>
#include <utility>

namespace troupe::bench {

void poll_subscriber::opened() {
  answered_ = false;
  request();
}

void poll_subscriber::request() {
  const auto target = cursor_.empty() ? std::string{target_} : "/poll?cursor=" + percent_encoded(cursor_);
  send("GET " + target + " HTTP/1.1\r\nHost: " + route_.host + "\r\n\r\n");
}

std::size_t poll_subscriber::receive(std::string_view bytes) {
  const auto head = first_head(bytes);
  if (!head)
    return 0;
  std::size_t length = 0;
  const auto field = head->field("content-length");
  if (!field || std::from_chars(field->data(), field->data() + field->size(), length).ec != std::errc{}) {
    fail("an answer without Content-Length");
    return 0;
  }
  const auto size = head->text.size() + length;
  if (bytes.size() < size)
    return 0;
  if (head->status() != 200) {
    fail("poll refused: " + std::string{bytes.substr(0, bytes.find('\r'))});
    return 0;
  }
  answered_ = true;
  if (!std::exchange(subscribed_, true)) // the first poll is answered when it is in
    audience_.subscribed();
  answer(bytes.substr(head->text.size(), length));
  if (head->field("connection") != "close")
    request();
  return size;
}

void poll_subscriber::answer(std::string_view body) {
  constexpr std::string_view cursor = R"("cursor":")", gaps = R"("gaps":[)";
  audience_.hear(index_, body);
  if (const auto at = body.rfind(cursor); at != std::string_view::npos) {
    const auto start = at + cursor.size();
    cursor_.assign(body.substr(start, body.find('"', start) - start));
  }
  if (const auto at = body.find(gaps); at != std::string_view::npos && body.substr(at + gaps.size(), 1) != "]")
    audience_.gap();
}

void poll_subscriber::ended(std::string_view why) {
  if (answered_)
    open(route_); // a server may end a connection between answers
  else
    audience_.trouble(why);
}

} // namespace troupe::bench
