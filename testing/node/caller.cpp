#include "testing/node/caller.hpp"

#include "testing/in_address.hpp"
#include "testing/node/heard_in_json.hpp"

#include <utility>

namespace troupe::testing {

using nlohmann::json;

caller::caller(actors::testing::virtual_node& node, connect_details how, std::uint32_t lands_on)
    : node_(node), how_(std::move(how)), lands_on_(lands_on), over_(how_.over) {}

// -- its connection -----------------------------------------------------------

std::string caller::target() const {
  const bool web_socket = over_ != wire::event_stream && over_ != wire::poll;
  std::string query = web_socket ? "" : "format=envelope&channel=";
  if (!token_.empty())
    query += "&token=" + in_address(token_);
  if (!token_.empty() && !web_socket)
    query += "&received=" + std::to_string(received_) + "&attempt=" + std::to_string(attempts_);
  if (!how_.query.empty())
    query += "&" + how_.query;
  if (query.starts_with('&'))
    query.erase(0, 1);
  const std::string path = web_socket ? "/ws" : over_ == wire::poll ? "/poll" : "/events";
  return path + (query.empty() ? "" : "?" + query);
}

void caller::go(wire over) {
  over_ = over;
  phase_ = phase::coming;
  went_on_ = false;
  if (!token_.empty())
    ++attempts_;
  const auto before = std::move(line_); // closed by the node, if it still stands
  line_ = std::make_unique<actors::testing::line>(node_, over, target(), how_.headers, lands_on_);
}

void caller::drop() {
  need_connection("lose its connection");
  line_->cut();
  phase_ = phase::away;
}

void caller::close() {
  need_connection("say goodbye");
  line_->say_goodbye();
  line_->cut();
  phase_ = phase::away;
}

void caller::need_connection(const std::string& called) const {
  if (!connected())
    throw unmet((session_.empty() ? "a client without a session" : session_) + " has no connection, and cannot " + called);
}

// -- saying -------------------------------------------------------------------

answer caller::ask(json command, const std::string& called) {
  need_connection(called);
  const auto id = ++last_id_;
  const auto state = std::make_shared<answer_state>(answer_state{called + " of " + session_});
  open_.emplace(id, state);
  command["id"] = id;
  line_->say(std::move(command), token_);
  return answer{state};
}

void caller::say_unasked(json command) {
  need_connection(command.value("action", ""));
  line_->say(std::move(command), token_);
}

// -- hearing ------------------------------------------------------------------

bool caller::read() {
  bool any = false;
  while (line_) {
    const auto next = line_->read();
    if (!next)
      break;
    any = true;
    hear(next->what, next->posted);
  }
  return any;
}

void caller::hear(const json& m, bool posted) {
  if (phase_ == phase::coming)
    return hear_first(m);
  if (!posted && m.value("type", "") != "welcome" && m.value("type", "") != "resumed")
    ++received_;
  if (phase_ == phase::asking)
    return hear_whether_resumed(m);
  take(m);
}

void caller::hear_first(const json& m) {
  const auto type = m.value("type", "");
  if (type == "welcome" && !token_.empty()) {
    welcome_ = m;
    phase_ = phase::asking;
    line_->say({{"action", "resume"}, {"token", token_}, {"received", received_}, {"attempt", attempts_}}, token_);
  } else if (type == "connected" && !token_.empty() && m.at("token") == token_) {
    phase_ = phase::in;
    went_on_ = true;
  } else if (type == "welcome" || type == "connected") {
    adopt(m);
  } else {
    take(m);
  }
}

void caller::hear_whether_resumed(const json& m) {
  const auto type = m.value("type", "");
  if (type == "resumed") {
    phase_ = phase::in;
    went_on_ = true;
  } else if (type == "error") {
    adopt(welcome_);
    received_ = 1;
    take(m);
  }
}

/// A session of its own; of the one before nothing is left.
void caller::adopt(const json& hello) {
  phase_ = phase::in;
  token_ = hello.at("token");
  session_ = hello.value("session", token_.substr(0, token_.find('.')));
  received_ = attempts_ = 0;
}

void caller::take(const json& m) {
  heard_.push_back(heard_in(m));
  const auto id = m.find("id");
  const auto found = id != m.end() && id->is_number_integer() ? open_.find(id->get<std::int64_t>()) : open_.end();
  if (found == open_.end())
    return;
  if (heard_.back().type == "error")
    found->second->result = failure_in(m);
  else
    found->second->result = heard_.back().data;
  open_.erase(found);
}

std::string caller::news() {
  std::string text;
  for (; read_ < heard_.size(); ++read_)
    text += (text.empty() ? "" : "\n") + to_string(heard_[read_]);
  return text;
}

std::optional<std::uint64_t> caller::next_ask() {
  while (asks_looked_at_ < heard_.size())
    if (const auto& one = heard_[asks_looked_at_++]; one.type == "ask")
      return one.ask;
  return std::nullopt;
}

} // namespace troupe::testing
