#include "floor/broadcaster.hpp"

#include "framing/accept_key.hpp"
#include "framing/http_head.hpp"
#include "framing/websocket_frame.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <system_error>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

namespace troupe::bench {

namespace {

constexpr int events_per_turn = 1024;
constexpr std::size_t receive_bytes = 256 * 1024;

int checked(int result, const char* what) {
  if (result < 0)
    throw std::system_error{errno, std::generic_category(), what};
  return result;
}

void raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

/// The text between `before` and the next quote.
std::string_view quoted_after(std::string_view text, std::string_view before) {
  const auto at = text.find(before);
  if (at == std::string_view::npos)
    return {};
  const auto start = at + before.size();
  return text.substr(start, text.find('"', start) - start);
}

void append_number(std::string& out, std::int64_t value) {
  char digits[20];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

std::int64_t unix_milliseconds() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

} // namespace

broadcaster::broadcaster(int port) : received_(receive_bytes, '\0') {
  raise_descriptor_limit();
  listener_ = checked(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
  const int on = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  checked(bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address), "bind");
  checked(listen(listener_, SOMAXCONN), "listen");
  epoll_ = checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = listener_;
  checked(epoll_ctl(epoll_, EPOLL_CTL_ADD, listener_, &event), "epoll_ctl");
}

broadcaster::~broadcaster() {
  ::close(listener_);
  ::close(epoll_);
}

int broadcaster::port() const {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  checked(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
  return ntohs(address.sin_port);
}

void broadcaster::run() {
  std::vector<epoll_event> events(events_per_turn);
  for (;;) {
    const int count = epoll_wait(epoll_, events.data(), events_per_turn, -1);
    for (int i = 0; i < count; ++i) {
      const auto& event = events[static_cast<std::size_t>(i)];
      if (event.data.fd == listener_) {
        accept_all();
        continue;
      }
      auto& who = *peers_[static_cast<std::size_t>(event.data.fd)];
      if (!who.closed && (event.events & EPOLLOUT) != 0)
        write_pending(who);
      if (!who.closed && (event.events & ~static_cast<unsigned>(EPOLLOUT)) != 0)
        read(who);
    }
    send_window();
    for (const int descriptor : closed_) {
      peers_[static_cast<std::size_t>(descriptor)].reset();
      ::close(descriptor);
    }
    closed_.clear();
  }
}

// -- reading ------------------------------------------------------------------

void broadcaster::accept_all() {
  for (;;) {
    const int descriptor = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0)
      return;
    const int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const auto index = static_cast<std::size_t>(descriptor);
    if (peers_.size() <= index)
      peers_.resize(index + 1);
    peers_[index] = std::make_unique<peer>();
    peers_[index]->descriptor = descriptor;
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = descriptor;
    checked(epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event), "epoll_ctl");
  }
}

void broadcaster::read(peer& from) {
  const auto count = recv(from.descriptor, received_.data(), received_.size(), 0);
  if (count < 0 && errno == EAGAIN)
    return;
  if (count <= 0)
    return close(from);
  from.input.append(received_, 0, static_cast<std::size_t>(count));
  if (!from.upgraded)
    upgrade(from);
  if (from.upgraded)
    take_frames(from);
}

void broadcaster::upgrade(peer& from) {
  const auto head = first_head(from.input);
  if (!head)
    return;
  const auto key = head->field("sec-websocket-key");
  if (!key)
    return close(from);
  auto answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
                accept_key(*key) + "\r\n";
  if (const auto protocol = head->field("sec-websocket-protocol"))
    answer += "Sec-WebSocket-Protocol: " + std::string{*protocol} + "\r\n";
  answer += "\r\n";
  append_server_frame(answer, opcode::text, R"({"type":"welcome","session":"s1"})");
  from.input.erase(0, head->text.size());
  from.upgraded = true;
  if (!from.send(answer))
    close(from);
}

void broadcaster::take_frames(peer& from) {
  std::size_t taken = 0;
  while (!from.closed) {
    const auto frame = first_frame(std::string_view{from.input}.substr(taken));
    if (!frame)
      break;
    taken += frame->size;
    if (frame->kind == opcode::close)
      close(from);
    else if (frame->kind == opcode::text)
      command(from, unmasked(*frame));
  }
  from.input.erase(0, taken);
}

void broadcaster::command(peer& from, std::string_view text) {
  const auto action = quoted_after(text, R"("action":")");
  const auto channel = quoted_after(text, R"("channel":")");
  constexpr std::string_view data_key = R"("data":)";
  if (action == "publish") { // the load generator writes `data` last
    const auto start = text.find(data_key) + data_key.size();
    publish(channel, text.substr(start, text.rfind('}') - start));
  } else if (action == "subscribe" && !from.subscribed) {
    std::string answer;
    append_server_frame(answer, opcode::text,
                        R"({"type":"subscribed","channel":")" + std::string{channel} + R"(","epoch":"e","offset":)" +
                            std::to_string(offset_) + "}");
    if (!from.send(answer))
      return close(from);
    from.subscribed = true;
    subscribers_.push_back(&from);
  }
}

// -- writing ------------------------------------------------------------------

void broadcaster::publish(std::string_view channel, std::string_view data) {
  envelope_.assign(R"({"type":"broadcast","channel":")").append(channel).append(R"(","data":)").append(data);
  append_number(envelope_.append(R"(,"offset":)"), static_cast<std::int64_t>(++offset_));
  append_number(envelope_.append(R"(,"timestamp":)"), unix_milliseconds());
  envelope_.append(R"(,"from":"s1"})");
  append_server_frame(window_, opcode::text, envelope_);
}

void broadcaster::send_window() {
  if (window_.empty())
    return;
  for (std::size_t i = 0; i < subscribers_.size();) {
    auto& to = *subscribers_[i];
    const bool waited = !to.pending.empty();
    if (!to.send(window_)) {
      close(to); // another one takes its place
      continue;
    }
    if (!waited && !to.pending.empty())
      wait_writable(to, true);
    ++i;
  }
  window_.clear();
}

void broadcaster::write_pending(peer& to) {
  if (!to.flush())
    return close(to);
  if (to.pending.empty())
    wait_writable(to, false);
}

void broadcaster::wait_writable(peer& to, bool wanted) const {
  epoll_event event{};
  event.events = EPOLLIN | (wanted ? EPOLLOUT : 0U);
  event.data.fd = to.descriptor;
  epoll_ctl(epoll_, EPOLL_CTL_MOD, to.descriptor, &event);
}

void broadcaster::close(peer& who) {
  who.closed = true;
  closed_.push_back(who.descriptor);
  epoll_ctl(epoll_, EPOLL_CTL_DEL, who.descriptor, nullptr);
  if (!who.subscribed)
    return;
  auto at = std::find(subscribers_.begin(), subscribers_.end(), &who);
  *at = subscribers_.back();
  subscribers_.pop_back();
}

} // namespace troupe::bench
