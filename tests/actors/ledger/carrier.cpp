#include "tests/actors/ledger/carrier.hpp"

#include <utility>

namespace troupe::actors::testing {

using ledger::way;

namespace {

constexpr std::size_t waits_for_more = std::string::npos;

/// Where the server's frame at `at` ends; its payload's begin in `begin`.
std::size_t end_of_frame(std::string_view bytes, std::size_t at, std::size_t& begin) {
  const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(bytes[at + i])); };
  if (bytes.size() < at + 2)
    return waits_for_more;
  auto size = byte(1);
  const std::size_t extended = size == 126 ? 2 : size == 127 ? 8 : 0;
  if (bytes.size() < at + 2 + extended)
    return waits_for_more;
  if (extended) {
    size = 0;
    for (std::size_t i = 0; i < extended; ++i)
      size = size << 8 | byte(2 + i);
  }
  begin = at + 2 + extended;
  return bytes.size() < begin + size ? waits_for_more : begin + size;
}

std::string encode(const json& what, bool msgpack) {
  if (!msgpack)
    return what.dump();
  const auto bytes = json::to_msgpack(what);
  return {bytes.begin(), bytes.end()};
}

} // namespace

// -- connections --------------------------------------------------------------

std::shared_ptr<test_exchange> carrier::ask(transports::http_request what, std::uint32_t lands_on) {
  const auto home = static_cast<std::uint32_t>(node_.router(lands_on).home(what));
  const bool upgrade = what.upgrade;
  auto made = std::make_shared<test_exchange>(node_, std::move(what));
  if (upgrade)
    node_.router(home).upgrade(made);
  else
    node_.router(home).handle(made);
  return made;
}

void carrier::come(way over, std::uint32_t lands_on, ledger::seen::chance expected) {
  old_ = std::exchange(line_, nullptr);
  old_session_ = who_.attached() ? who_.session() : "";
  posted_.clear();
  lands_on_ = lands_on;
  read_ = 0;
  const auto target = who_.set_out(over, expected);
  if (over == way::poll)
    return poll(target);
  auto what = request("GET", target);
  what.upgrade = is_web_socket(over);
  if (what.upgrade)
    what.headers.emplace_back("sec-websocket-protocol", over == way::ws_json ? "troupe.v1.json" : "troupe.v1.msgpack");
  exchange_ = ask(std::move(what), lands_on);
  line_ = over == way::sse ? exchange_->body_stream() : exchange_->web_socket();
}

void carrier::poll(const std::string& target) { exchange_ = ask(request("GET", target), lands_on_); }

void carrier::poll_on() {
  constexpr std::size_t known_max = 4;
  polled_.push_back(who_.next_poll());
  if (polled_.size() > known_max)
    polled_.pop_front();
  poll(polled_.back());
}

void carrier::poll_late(std::uint32_t which) {
  if (!polled_.empty() && who_.attached())
    late_.push_back(ask(request("GET", polled_[which % polled_.size()]), lands_on_));
}

void carrier::cut() {
  for (auto& by : std::exchange(late_, {}))
    by->give_up();
  if (line_)
    line_->peer_closes(protocol::close_code::none, "lost");
  if (exchange_)
    exchange_->give_up();
  for (auto& [id, by] : posted_)
    by->give_up();
  posted_.clear();
  line_ = nullptr;
  exchange_ = nullptr;
}

bool carrier::say_goodbye() {
  if (!line_ || !open() || !who_.attached() || !is_web_socket(who_.over()))
    return false;
  line_->peer_closes(protocol::close_code::normal, "goodbye");
  node_.settle(); // before another connection of its own overtakes that
  line_ = nullptr;
  exchange_ = nullptr;
  return true;
}

void carrier::lose_answer() {
  if (who_.over() == way::poll && exchange_)
    exchange_->break_line();
}

void carrier::stop_reading() {
  if (line_)
    line_->stop_reading();
}

void carrier::read_again() {
  if (line_)
    line_->read_again();
}

bool carrier::open() const {
  if (who_.over() == way::poll)
    return exchange_ && (exchange_->waiting() || (exchange_->response() && exchange_->response()->status == 200));
  return line_ && line_->open();
}

bool carrier::is_doubled() const {
  return who_.attached() && who_.session() == old_session_ && old_ && old_->open();
}

// -- bytes --------------------------------------------------------------------

void carrier::speak() {
  if (is_web_socket(who_.over())) {
    if (!line_ || !line_->open())
      return;
    const bool msgpack = who_.over() == way::ws_msgpack;
    for (const auto& what : who_.take_said())
      line_->peer_says(encode(what, msgpack), !msgpack);
    return;
  }
  for (auto& [id, body] : who_.take_posts())
    posted_.emplace_back(id, ask(request("POST", "/send", body.dump()), lands_on_));
}

std::size_t carrier::read(std::size_t most) {
  const auto n = who_.over() == way::poll  ? read_answers(most)
                 : who_.over() == way::sse ? read_events(most)
                                           : read_frames(most);
  take_posted();
  speak();
  return n;
}

std::size_t carrier::read_frames(std::size_t most) {
  std::size_t n = 0;
  while (n < most && line_) {
    const auto& bytes = line_->arrived();
    std::size_t begin = 0;
    const auto end = end_of_frame(bytes, read_, begin);
    if (end == waits_for_more)
      break;
    const bool text = (static_cast<unsigned char>(bytes[read_]) & 0x0f) == 1;
    const auto body = std::string_view{bytes}.substr(begin, end - begin);
    read_ = end;
    ++n;
    who_.hear(text ? json::parse(body) : json::from_msgpack(body));
    speak();
  }
  return n;
}

std::size_t carrier::read_events(std::size_t most) {
  constexpr std::string_view field = "data: ";
  std::size_t n = 0;
  while (n < most && line_) {
    const std::string_view bytes = line_->arrived();
    const auto end = bytes.find("\n\n", read_);
    if (end == std::string_view::npos)
      break;
    const auto block = bytes.substr(read_, end - read_);
    read_ = end + 2;
    const auto data = block.starts_with(field) ? 0 : block.find("\ndata: ");
    if (data == std::string_view::npos) // a comment, or the time to wait
      continue;
    const auto begin = data + field.size() + (data == 0 && block.starts_with(field) ? 0 : 1);
    ++n;
    who_.hear(json::parse(block.substr(begin, block.find('\n', begin) - begin)));
  }
  return n;
}

std::size_t carrier::read_answers(std::size_t most) {
  std::size_t n = 0;
  while (n < most && exchange_ && exchange_->response() && exchange_->response()->status == 200) {
    ++n;
    who_.hear_poll(json::parse(exchange_->response()->body));
    poll_on();
  }
  return n;
}

void carrier::take_posted() {
  for (auto& [id, by] : std::exchange(posted_, {}))
    if (by->response())
      who_.hear_posted(id, json::parse(by->response()->body));
    else if (by->waiting())
      posted_.emplace_back(id, std::move(by));
    else
      who_.not_posted(id);
}

} // namespace troupe::actors::testing
