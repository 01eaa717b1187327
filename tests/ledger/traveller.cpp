#include "tests/ledger/traveller.hpp"

#include "testing/in_address.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace troupe::ledger {

using testing::in_address;

std::string_view to_string(way over) noexcept {
  constexpr std::array<std::string_view, 4> names{"WebSocket JSON", "WebSocket msgpack", "SSE", "poll"};
  return names[static_cast<std::size_t>(over)];
}

traveller::traveller(std::string name, std::vector<std::string> channels) : names_(std::move(channels)) {
  record_.client = std::move(name);
  for (const auto& c : names_)
    channels_.try_emplace(c);
}

// -- moving -------------------------------------------------------------------

bool traveller::may_take(way over) const {
  return is_web_socket(over) || token_.empty() || !is_outside();
}

bool traveller::is_outside() const {
  return std::any_of(channels_.begin(), channels_.end(), [](const auto& c) {
    return c.second.wanted && !c.second.in && !c.second.asked;
  });
}

std::string traveller::address_of_channels() const {
  std::string channels, positions;
  for (const auto& name : names_) {
    channels += "&channel=" + in_address(name);
    const auto& at = channels_.at(name).at;
    positions += (positions.empty() ? "" : ",") + (at ? ledger::to_string(*at) : "-");
  }
  const bool stands = positions.find_first_not_of("-,") != std::string::npos;
  return "format=envelope" + channels + (stands ? "&lastEventId=" + in_address(positions) : "");
}

std::string traveller::positions_in_address() const {
  std::string all;
  for (const auto& [name, c] : channels_)
    if (c.at)
      all += "&at=" + in_address(name + "@" + ledger::to_string(*c.at));
  return all;
}

std::string traveller::set_out(way over, seen::chance expected) {
  const bool unheard = phase_ == phase::coming || phase_ == phase::asking; // what was expected before was not decided
  if (!unheard || expected_ == seen::chance::goes_on || expected == seen::chance::is_over)
    expected_ = expected;
  if (token_.empty())
    expected_ = seen::chance::none;
  over_ = over;
  phase_ = phase::coming;
  ++attempts_;
  saying_.clear();
  cursor_.clear();
  for (auto& [id, one] : commands_)
    one.posted = false;
  if (is_web_socket(over))
    return "/ws" + (token_.empty() ? "" : "?token=" + in_address(token_));
  const std::string path = over == way::sse ? "/events?" : "/poll?";
  const auto resume = token_.empty() ? ""
                                     : "&token=" + in_address(token_) + "&received=" + std::to_string(received_) +
                                           "&attempt=" + std::to_string(attempts_) + positions_in_address();
  return path + address_of_channels() + resume;
}

std::string traveller::next_poll() const { return "/poll?format=envelope&cursor=" + in_address(cursor_); }

bool traveller::settled() const {
  return attached() && std::all_of(channels_.begin(), channels_.end(), [](const auto& c) {
           return c.second.wanted == c.second.in;
         });
}

bool traveller::stranded() const { return attached() && !is_web_socket(over_) && is_outside(); }

// -- who it is now ------------------------------------------------------------

void traveller::hear(const json& m) {
  if (phase_ == phase::coming)
    return hear_first(m);
  const auto type = m.value("type", "");
  if (phase_ == phase::asking && type == "resumed") {
    const bool kept = m.at("private") == "kept";
    go_on(m.at("session"), kept);
    return resend(m.at("heard"), kept);
  }
  if (phase_ == phase::asking && type == "error" && m.value("code", "") == "expired") {
    adopt(welcome_.at("token"), welcome_.at("session"), m.value("message", ""));
    received_ = 1;
    return;
  }
  if (phase_ == phase::in) {
    ++received_;
    take(m);
  }
}

void traveller::hear_first(const json& m) {
  const auto type = m.value("type", "");
  if (type == "welcome" && token_.empty())
    return adopt(m.at("token"), m.at("session"));
  if (type == "welcome") {
    welcome_ = m;
    phase_ = phase::asking;
    json positions = json::object();
    for (const auto& [name, c] : channels_)
      if (c.at)
        positions[name] = {{"epoch", c.at->epoch}, {"offset", c.at->offset}};
    saying_.push_back({{"action", "resume"}, {"token", token_}, {"received", received_}, {"positions", positions},
                       {"attempt", attempts_}});
    return;
  }
  if (type != "connected")
    return;
  if (!token_.empty() && m.at("token") == token_) {
    const bool kept = m.at("private") == "kept";
    go_on(session_, kept);
    return resend(m.at("heard"), kept);
  }
  const std::string token = m.at("token");
  adopt(token, m.value("session", token.substr(0, token.find('.'))), "another token; had received " + std::to_string(received_));
}

void traveller::hear_poll(const json& answer) {
  if (phase_ != phase::coming && answer.at("token") != token_) // the session of the cursor has gone
    phase_ = phase::coming, expected_ = seen::chance::goes_on;
  cursor_ = answer.at("cursor");
  if (phase_ == phase::coming) {
    auto first = answer;
    first.erase("messages");
    first["type"] = "connected";
    hear_first(first);
  }
  for (const auto& m : answer.at("messages")) {
    ++received_;
    take(m);
  }
}

/// A session of its own; of the one before nothing is left.
void traveller::adopt(const std::string& token, const std::string& session, std::string why) {
  note(seen::opened{session, expected_, std::string{to_string(over_)}, std::move(why)});
  token_ = token;
  session_ = session;
  received_ = said_ = 0;
  kept_.clear();
  commands_.clear();
  phase_ = phase::in;
  for (auto& [name, c] : channels_) {
    c.in = false;
    c.asked = !is_web_socket(over_); // by the address
    c.wanted = c.wanted || c.asked;
  }
  if (is_web_socket(over_))
    enter_all();
}

void traveller::go_on(const std::string& session, bool kept) {
  note(seen::resumed{session, expected_, kept, std::string{to_string(over_)}});
  phase_ = phase::in;
}

/// The node has heard so many of its messages: what came after them is sent again.
void traveller::resend(std::uint64_t heard, bool kept) {
  while (!kept_.empty() && kept_.front().first <= heard)
    kept_.pop_front();
  said_ = heard;
  auto again = std::exchange(kept_, {});
  for (auto& [id, one] : commands_)
    if (one.said > heard || is_eager(id, one) || (one.keyed && !kept && !one.answered))
      one.said = 0;
  for (auto& [number, what] : again) {
    if (what.contains("id"))
      ask_for(what["id"]);
    else if (is_web_socket(over_))
      say(std::move(what));
    else
      take_back(what);
  }
  for (auto& [id, one] : commands_)
    if (one.said == 0 && !one.answered)
      ask_for(id);
    else if (!one.answered && !kept) { // what had been heard will perhaps not be answered
      note(seen::unsure{id});
      one.unsure = true;
    }
  if (is_web_socket(over_))
    enter_all();
}

void traveller::enter_all() {
  for (const auto& [name, c] : channels_)
    if (c.wanted && !c.in && !c.asked)
      subscribe(name);
}

/// What was not heard over a WebSocket is not asked for otherwise.
void traveller::take_back(const json& what) {
  const auto action = what.value("action", "");
  if (action == "subscribe")
    channels_[what.at("channel")].asked = false;
  else if (action == "unsubscribe")
    channels_[what.at("channel")].wanted = true;
}

// -- what comes ---------------------------------------------------------------

void traveller::take(const json& m) {
  const auto type = m.value("type", "");
  if (type == "broadcast") {
    if (!m.contains("offset"))
      return;
    const std::string channel = m.at("channel");
    note(seen::published{channel, m.at("offset"), m.at("data").dump()});
    if (auto& at = channels_[channel].at)
      at->offset = m.at("offset");
  } else if (type == "gap") {
    const std::string channel = m.at("channel");
    const place at{m.at("epoch"), m.at("offset")};
    const auto& missed = m.at("missed");
    note(seen::gap{channel, at, missed.is_null() ? std::nullopt : std::optional<std::uint64_t>{missed}});
    channels_[channel].at = at;
  } else if (type == "push") {
    note(seen::pushed{m.at("channel"), m.at("data").at("number"), m.at("data").at("after")});
  } else if (type == "subscribed") {
    take_subscribed(m);
  } else if (type == "unsubscribed") {
    take_unsubscribed(m);
  } else if (type == "reply" || type == "error") {
    take_answer(m, true);
  }
}

void traveller::take_subscribed(const json& m) {
  const std::string channel = m.at("channel");
  const place at{m.at("epoch"), m.at("offset")};
  note(seen::subscribed{channel, at, m.contains("recovered") ? std::optional<bool>{m.at("recovered")} : std::nullopt});
  auto& c = channels_[channel];
  c.in = true;
  c.asked = false;
  c.at = at;
}

void traveller::take_unsubscribed(const json& m) {
  const std::string channel = m.at("channel");
  auto& c = channels_[channel];
  c.in = c.asked = false;
  note(seen::left{channel, !c.wanted});
  if (!c.wanted)
    c.at.reset();
  else if (is_web_socket(over_))
    subscribe(channel);
}

void traveller::take_answer(const json& m, bool in_band) {
  const auto id = m.value("id", std::uint64_t{0});
  if (id == 0) {
    const auto channel = channels_.find(m.value("channel", ""));
    if (channel != channels_.end() && channel->second.asked) { // not let in
      channel->second.asked = false;
      if (is_web_socket(over_))
        subscribe(channel->first);
    }
    return;
  }
  seen::answered told{id, m.value("type", "") == "reply"};
  const auto data = told.well ? m.value("data", json{}) : json{};
  const auto found = commands_.find(id);
  if (found != commands_.end()) {
    found->second.answered = true;
    told.channel = found->second.what.value("channel", "");
  }
  if (data.is_object() && data.contains("pushed")) {
    told.pushed = data.at("pushed");
    if (in_band)
      told.after = data.at("after");
  }
  note(std::move(told));
}

void traveller::hear_posted(std::uint64_t id, const json& body) {
  const auto found = commands_.find(id);
  if (found == commands_.end() || !found->second.posted)
    return;
  found->second.posted = false;
  const auto code = body.contains("error") ? body["error"].value("code", "") : "";
  if (code == "limit" || code == "busy" || code == "unavailable" || code == "expired") // no answer: again, if it may be
    return;
  auto answer = body;
  answer["id"] = id;
  take_answer(answer, false);
}

void traveller::not_posted(std::uint64_t id) {
  if (const auto found = commands_.find(id); found != commands_.end())
    found->second.posted = false;
}

// -- knowing ------------------------------------------------------------------

std::size_t traveller::unanswered() const noexcept {
  return static_cast<std::size_t>(std::count_if(commands_.begin(), commands_.end(), [](const auto& c) {
    return !c.second.answered && !c.second.unsure;
  }));
}

std::string traveller::state() const {
  auto text = record_.client + " (" + session_ + ", " + std::string{to_string(over_)} + (attached() ? "" : ", coming") + ")";
  for (const auto& [name, c] : channels_)
    if (c.wanted != c.in)
      text += " " + name + (c.in ? " in" : c.asked ? " asked for" : " out");
  for (const auto& [id, one] : commands_)
    if (!one.answered)
      text += " command " + std::to_string(id) + (one.posted ? " posted" : "") + (one.said > 0 ? " said" : "") + ": " + one.what.dump();
  return text;
}

bool traveller::stands_in(const std::string& channel) const {
  const auto found = channels_.find(channel);
  return found != channels_.end() && (found->second.in || found->second.asked);
}

std::optional<place> traveller::position(const std::string& channel) const {
  const auto found = channels_.find(channel);
  return found == channels_.end() ? std::nullopt : found->second.at;
}

} // namespace troupe::ledger
