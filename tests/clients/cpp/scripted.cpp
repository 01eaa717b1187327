#include "tests/clients/cpp/scripted.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace troupe::clients::test {

// -- a connection -------------------------------------------------------------

namespace {

json tree_of(const command& what) { return json::parse(encode(codec::json, what)); }

json resume_tree(const resumption& what) {
  auto positions = json::object();
  for (const auto& [channel, at] : what.positions)
    positions[channel] = at.epoch + "-" + std::to_string(at.offset);
  return {{"action", "resume"},
          {"id", what.id},
          {"token", what.token},
          {"received", what.received},
          {"attempt", what.attempt},
          {"positions", positions}};
}

} // namespace

scripted_line::scripted_line(client_transport k, opening what, sink to)
    : kind(k), opened_with(std::move(what)), sink_(std::move(to)) {
  if (opened_with.resume)
    sent.push_back(resume_tree(*opened_with.resume));
}

void scripted_line::send(const command& what) {
  REQUIRE(open);
  sent.push_back(tree_of(what));
}

void scripted_line::close(bool is_goodbye) {
  open = false;
  goodbye = is_goodbye;
}

void scripted_line::say(json message) {
  sink_.alive();
  sink_.message(*decode(codec::json, message.dump()));
}

void scripted_line::answer(json message) { sink_.answer(*decode(codec::json, message.dump())); }

void scripted_line::welcome(json more) {
  json message{{"type", "welcome"}, {"session", "s1"}, {"token", "t1"}, {"heartbeat", 25000}, {"resume", 60000}};
  message.update(more);
  say(std::move(message));
}

void scripted_line::end(int code, std::string reason) {
  ending how{std::move(reason)};
  how.code = code;
  end(std::move(how));
}

void scripted_line::end(ending how) { sink_.closed(std::move(how)); }

void scripted_line::joined(const std::string& channel, json more) {
  json message{{"type", "subscribed"}, {"id", last("subscribe", channel)["id"]},
               {"channel", channel},   {"epoch", "e1"},
               {"offset", 0},          {"data", nullptr}};
  message.update(more);
  say(std::move(message));
}

void scripted_line::reply(const std::string& action, json data) {
  say({{"type", "reply"}, {"id", last(action)["id"]}, {"data", std::move(data)}});
}

void scripted_line::refuse(const std::string& action, const std::string& code, json more) {
  json message{{"type", "error"}, {"id", last(action)["id"]}, {"code", code}, {"message", code + " it is"}};
  message.update(more);
  say(std::move(message));
}

void scripted_line::resumed(json more) {
  json message{{"type", "resumed"}, {"id", last("resume")["id"]}, {"session", "s1"}, {"private", "kept"}};
  message.update(more);
  say(std::move(message));
}

void scripted_line::broadcast(const std::string& channel, std::uint64_t offset) {
  say({{"type", "broadcast"},
       {"channel", channel},
       {"event", "said"},
       {"data", offset},
       {"offset", offset},
       {"timestamp", 7},
       {"from", "s9"}});
}

json scripted_line::last(const std::string& action, const std::string& channel) const {
  for (auto each = sent.rbegin(); each != sent.rend(); ++each)
    if ((*each)["action"] == action && (channel.empty() || each->value("channel", "") == channel))
      return *each;
  FAIL("no " << action << " was sent, but " << json(sent).dump());
  return {};
}

std::size_t scripted_line::count(const std::string& action) const {
  return static_cast<std::size_t>(
      std::count_if(sent.begin(), sent.end(), [&](const json& each) { return each["action"] == action; }));
}

words scripted_line::actions() const {
  words all;
  for (const auto& each : sent)
    all.push_back(each["action"].get<std::string>() + " " + each.value("channel", ""));
  return all;
}

std::vector<json> scripted_line::data_of(const std::string& action) const {
  std::vector<json> all;
  for (const auto& each : sent)
    if (each["action"] == action)
      all.push_back(each["data"]);
  return all;
}

// -- a channel ----------------------------------------------------------------

void heard_channel::subscribed(client_joined how, position at) {
  joins.push_back(std::move(how));
  positions.push_back(std::move(at));
  told.push_back("subscribed");
}

void heard_channel::gap(std::optional<std::uint64_t> missed, position at) {
  positions.push_back(std::move(at));
  told.push_back("gap " + (missed ? std::to_string(*missed) : "?"));
}

void heard_channel::said(client_message what) {
  told.push_back("said " + std::string{what.data.json()});
  messages.push_back(std::move(what));
}

void heard_channel::unsubscribed(std::string reason, bool again) {
  told.push_back("out " + reason + (again ? ", again" : ""));
}

words heard_channel::said() const {
  words all;
  for (const auto& each : messages)
    all.emplace_back(each.data.json());
  return all;
}

// -- the stage ----------------------------------------------------------------

namespace {

class scripted_transport final : public transport {
 public:
  scripted_transport(client_transport kind, std::vector<std::shared_ptr<scripted_line>>& lines)
      : kind_(kind), lines_(lines) {}

  client_transport kind() const noexcept override { return kind_; }
  pulse pulse_of(std::optional<milliseconds> heartbeat) const override {
    switch (kind_) {
    case client_transport::websocket:
      return {heartbeat.value_or(milliseconds{25'000}), true};
    case client_transport::sse:
      return {milliseconds{20'000}, false};
    case client_transport::poll:
      break;
    }
    return {milliseconds{35'000}, false};
  }
  std::shared_ptr<connection> open(opening what, sink to) override {
    lines_.push_back(std::make_shared<scripted_line>(kind_, std::move(what), std::move(to)));
    return lines_.back();
  }

 private:
  const client_transport kind_;
  std::vector<std::shared_ptr<scripted_line>>& lines_;
};

} // namespace

stage::stage(session_settings settings, ways transports, stepped_clock time)
    : clock(std::move(time)), client(clock, make_transports(transports), std::move(settings), *this) {
  client.start();
}

std::vector<std::unique_ptr<transport>> stage::make_transports(const ways& which) {
  std::vector<std::unique_ptr<transport>> list;
  for (const auto kind : which)
    list.push_back(std::make_unique<scripted_transport>(kind, lines));
  return list;
}

scripted_line& stage::come_back() {
  const auto before = lines.size();
  for (int i = 0; lines.size() == before && i < 100; ++i)
    clock.advance(milliseconds{500});
  REQUIRE(lines.size() > before);
  return line();
}

scripted_line& stage::cut() {
  line().end();
  return come_back();
}

std::shared_ptr<heard_channel> stage::subscribe(const std::string& name, client_wishes wishes) {
  auto heard = std::make_shared<heard_channel>();
  client.add(name, std::move(wishes), heard);
  return heard;
}

std::shared_ptr<outcome> stage::ask(command what, client_call how) {
  auto ended = std::make_shared<outcome>();
  const auto in = client.find(what.channel);
  client.request(std::move(what), std::move(how), in, [ended](const result& r) {
    CHECK(ended->how == "open"); // once
    ended->how = r ? "done" : r.error().code() + (r.error().sent() ? " (sent)" : "");
    if (r)
      ended->data = r->data.value();
  });
  return ended;
}

std::shared_ptr<outcome> stage::publish(const std::string& channel, int data, client_call how) {
  command what{"publish", channel};
  what.data = payload::of(data);
  what.more["event"] = "said";
  return ask(std::move(what), std::move(how));
}

std::shared_ptr<outcome> stage::call(const std::string& channel, client_call how) {
  command what{"call", channel};
  what.more["event"] = "move";
  return ask(std::move(what), std::move(how));
}

std::size_t stage::total(const std::string& action) const {
  std::size_t sum = 0;
  for (const auto& each : lines)
    sum += each->count(action);
  return sum;
}

in_room::in_room(session_settings settings, stage::ways transports, client_wishes wishes)
    : s(std::move(settings), std::move(transports)), room(s.subscribe("room", std::move(wishes))) {
  s.line().welcome();
  s.line().joined("room");
}

} // namespace troupe::clients::test
