#include "testing/node/line.hpp"

#include "testing/in_address.hpp"
#include "testing/node/arrivals.hpp"
#include "testing/node/clients.hpp"

#include <algorithm>

namespace troupe::actors::testing {

namespace {

bool is_web_socket(wire over) { return over == wire::websocket_json || over == wire::websocket_msgpack; }

json as_message(const json& id, const transports::http_response& r) {
  auto what = json::parse(r.body);
  if (what.contains("error")) {
    what["code"] = what["error"].value("code", "");
    what["message"] = what["error"].value("message", "");
    what["type"] = "error";
  }
  what["id"] = id;
  if (!what.contains("type"))
    what["type"] = "reply";
  return what;
}

} // namespace

line::line(virtual_node& node, wire over, std::string target, headers shown, std::uint32_t lands_on)
    : node_(node), over_(over), shown_(std::move(shown)), lands_on_(lands_on) {
  if (over_ == wire::poll) {
    poll(target);
    return;
  }
  auto what = request("GET", std::move(target), {}, shown_);
  what.upgrade = is_web_socket(over_);
  if (what.upgrade)
    what.headers.emplace_back("sec-websocket-protocol",
                              over_ == wire::websocket_json ? "troupe.v1.json" : "troupe.v1.msgpack");
  exchange_ = ask(std::move(what));
}

std::shared_ptr<test_exchange> line::ask(transports::http_request what) {
  const auto home = static_cast<std::uint32_t>(node_.router(lands_on_).home(what));
  const bool upgrade = what.upgrade;
  auto made = std::make_shared<test_exchange>(node_, std::move(what));
  if (upgrade)
    node_.router(home).upgrade(made);
  else
    node_.router(home).handle(made);
  return made;
}

void line::poll(const std::string& target) { exchange_ = ask(request("GET", target, {}, shown_)); }

test_connection* line::socket() const {
  if (!exchange_)
    return nullptr;
  return is_web_socket(over_) ? exchange_->web_socket().get() : exchange_->body_stream().get();
}

// -- saying -------------------------------------------------------------------

void line::say(json what, const std::string& token) {
  if (is_web_socket(over_)) {
    const bool msgpack = over_ == wire::websocket_msgpack;
    if (auto* to = socket())
      to->peer_says(encoded(what, msgpack), !msgpack);
    return;
  }
  what["token"] = token;
  posted_.emplace_back(what.value("id", json{}), ask(request("POST", "/send", what.dump(), shown_)));
}

// -- hearing ------------------------------------------------------------------

std::optional<line::message> line::read() {
  if (!reads_)
    return std::nullopt;
  if (over_ == wire::poll) {
    if (auto next = next_polled())
      return next;
  } else if (auto* from = socket()) {
    from->answer_pings();
    const auto next = is_web_socket(over_) ? frame_at(from->arrived(), read_) : event_at(from->arrived(), read_);
    if (next) {
      read_ = next->end;
      return message{decoded(*next), false};
    }
  }
  return next_posted();
}

std::optional<line::message> line::next_polled() {
  while (polls_.empty() && exchange_ && exchange_->response() && exchange_->response()->status == 200) {
    auto answer = json::parse(exchange_->response()->body);
    const auto cursor = answer.at("cursor").get<std::string>();
    auto messages = answer.at("messages");
    if (!std::exchange(polled_, true)) {
      answer.erase("messages");
      answer["type"] = "connected";
      polls_.push_back({std::move(answer), true});
    }
    for (auto& m : messages)
      polls_.push_back({std::move(m), false});
    poll("/poll?format=envelope&cursor=" + troupe::testing::in_address(cursor));
  }
  if (polls_.empty())
    return std::nullopt;
  auto next = std::move(polls_.front());
  polls_.pop_front();
  return next;
}

std::optional<line::message> line::next_posted() {
  const auto answered = std::find_if(posted_.begin(), posted_.end(), [](const auto& p) { return !p.second->waiting(); });
  if (answered == posted_.end())
    return std::nullopt;
  const auto [id, by] = std::move(*answered);
  posted_.erase(answered);
  if (!by->response())
    return next_posted();
  return message{as_message(id, *by->response()), true};
}

void line::stop_reading() {
  reads_ = false;
  if (auto* from = socket())
    from->stop_reading();
}

void line::read_again() {
  reads_ = true;
  if (auto* from = socket())
    from->read_again();
}

// -- its end ------------------------------------------------------------------

void line::cut() {
  if (auto* broken = socket())
    broken->peer_closes(protocol::close_code::none, "lost");
  if (exchange_)
    exchange_->give_up();
  for (auto& [id, by] : posted_)
    by->give_up();
  posted_.clear();
  polls_.clear();
  exchange_ = nullptr;
}

void line::say_goodbye() {
  auto* to = socket();
  if (to && is_web_socket(over_))
    to->peer_closes(protocol::close_code::normal, "goodbye");
}

bool line::open() const {
  if (over_ == wire::poll)
    return exchange_ && !exchange_->hung_up() && (exchange_->waiting() || refused() == 0);
  const auto* held = socket();
  return held && held->open();
}

unsigned line::refused() const {
  return exchange_ && exchange_->response() && exchange_->response()->status >= 400 ? exchange_->response()->status : 0;
}

unsigned line::close_code() const {
  const auto* held = is_web_socket(over_) ? socket() : nullptr;
  return held && !held->open() ? static_cast<unsigned>(held->closed_with()) : 0;
}

} // namespace troupe::actors::testing
