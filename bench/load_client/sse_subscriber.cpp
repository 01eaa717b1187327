#include "load_client/sse_subscriber.hpp"

#include "framing/http_head.hpp"

#include <charconv>

namespace troupe::bench {

void sse_subscriber::opened() {
  std::string request{"GET "};
  request.append(target_).append(" HTTP/1.1\r\nHost: ").append(host_).append("\r\nAccept: text/event-stream\r\n\r\n");
  send(request);
}

std::size_t sse_subscriber::receive(std::string_view bytes) {
  std::size_t taken = 0;
  if (!streaming_) {
    taken = receive_head(bytes);
    if (taken == 0)
      return 0;
  }
  for (;;) {
    const auto end = bytes.find("\n\n", taken);
    if (end == std::string_view::npos)
      return taken;
    event(bytes.substr(taken, end - taken));
    taken = end + 2;
  }
}

std::size_t sse_subscriber::receive_head(std::string_view bytes) {
  const auto head = first_head(bytes);
  if (!head)
    return 0;
  if (head->status() != 200 || head->field("transfer-encoding")) {
    fail("no plain event stream: " + std::string{bytes.substr(0, bytes.find('\r'))});
    return 0;
  }
  streaming_ = true;
  return head->text.size();
}

void sse_subscriber::event(std::string_view lines) {
  std::uint64_t offset = 0;
  std::string_view data;
  while (!lines.empty()) {
    const auto line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
    if (line.starts_with("data:")) {
      data = line;
    } else if (line.starts_with("id:")) {
      const auto digits = line.substr(line.rfind('-') + 1);
      std::from_chars(digits.data(), digits.data() + digits.size(), offset);
    } else if (line.starts_with("event: gap") || line.starts_with("event:gap")) {
      return audience_.gap();
    }
  }
  if (!subscribed_ && data.find(R"("type":"connected")") != std::string_view::npos) {
    subscribed_ = true;
    return audience_.subscribed();
  }
  if (!data.empty())
    audience_.hear(index_, data, offset);
}

} // namespace troupe::bench
