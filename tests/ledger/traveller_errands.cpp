// What a traveller asks for, over a WebSocket or by posts with a key.

#include "tests/ledger/traveller.hpp"

#include <utility>

namespace troupe::ledger {

void traveller::say(json what) {
  kept_.emplace_back(++said_, what);
  saying_.push_back(std::move(what));
}

std::string traveller::key_of(std::uint64_t id) const { return record_.client + "-" + std::to_string(id); }

/// Over the WebSocket, if it is on one: else it is posted, with a key.
void traveller::ask_for(std::uint64_t id) {
  auto& one = commands_.at(id);
  if (!attached() || one.said > 0)
    return;
  if (!is_web_socket(over_)) {
    if (one.what.contains("channel")) // it may have to be posted again
      one.what["key"] = key_of(id);
    one.keyed = true;
    return;
  }
  note(seen::asked{id, one.keyed, one.speaks});
  say(one.what);
  one.said = said_;
}

void traveller::start(json what, bool keyed, bool speaks) {
  const auto id = next_id_++;
  what["id"] = id;
  if (keyed)
    what["key"] = key_of(id);
  if (what.contains("channel"))
    what["data"].update({{"client", record_.client}, {"id", id}});
  commands_.emplace(id, command{std::move(what), keyed, speaks});
  ask_for(id);
}

void traveller::call(const std::string& channel, const std::string& what, bool keyed) {
  start({{"action", "call"}, {"channel", channel}, {"event", what}, {"data", json::object()}}, keyed, what == "tell");
}

void traveller::publish(const std::string& channel, bool keyed) {
  start({{"action", "publish"}, {"channel", channel}, {"data", {{"not", session_}}}, {"echo", false}}, keyed, true);
}

void traveller::ping() { start({{"action", "ping"}}, false, false); }

void traveller::misspeak() { say({{"action", "mumble"}}); }

void traveller::subscribe(const std::string& channel) {
  auto& c = channels_[channel];
  json what{{"action", "subscribe"}, {"channel", channel}};
  if (c.at)
    what["since"] = {{"epoch", c.at->epoch}, {"offset", c.at->offset}};
  c.asked = true;
  say(std::move(what));
}

void traveller::leave(const std::string& channel) {
  channels_[channel].wanted = false;
  say({{"action", "unsubscribe"}, {"channel", channel}});
}

void traveller::enter(const std::string& channel) {
  channels_[channel].wanted = true;
  subscribe(channel);
}

std::vector<json> traveller::take_said() { return std::exchange(saying_, {}); }

std::vector<std::pair<std::uint64_t, json>> traveller::take_posts(std::size_t most) {
  std::vector<std::pair<std::uint64_t, json>> all;
  if (!attached() || is_web_socket(over_))
    return all;
  std::size_t waiting = 0;
  for (const auto& [id, one] : commands_)
    waiting += one.posted;
  for (auto& [id, one] : commands_) {
    if (one.answered || one.posted || !one.keyed || waiting + all.size() >= most)
      continue;
    one.posted = true;
    note(seen::asked{id, one.keyed, one.speaks});
    auto body = one.what;
    body["token"] = token_;
    all.emplace_back(id, std::move(body));
  }
  return all;
}

} // namespace troupe::ledger
