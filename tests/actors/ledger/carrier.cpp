#include "tests/actors/ledger/carrier.hpp"

#include "testing/node/arrivals.hpp"

#include <utility>

namespace troupe::actors::testing {

using ledger::way;

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
      line_->peer_says(encoded(what, msgpack), !msgpack);
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
    const auto next = frame_at(line_->arrived(), read_);
    if (!next)
      break;
    read_ = next->end;
    ++n;
    who_.hear(decoded(*next));
    speak();
  }
  return n;
}

std::size_t carrier::read_events(std::size_t most) {
  std::size_t n = 0;
  while (n < most && line_) {
    const auto next = event_at(line_->arrived(), read_);
    if (!next)
      break;
    read_ = next->end;
    ++n;
    who_.hear(decoded(*next));
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
