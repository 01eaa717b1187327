#include "tests/clients/cpp/model_node.hpp"

#include <algorithm>

namespace troupe::clients::test {

namespace {

constexpr double latency_ms = 40;

/// What a stream's session is told by POST; whether it was resumed, the stream itself says.
bool is_answer(const json& m) { return m.contains("id") && m["type"] != "resumed" && m.value("code", "") != "expired"; }

} // namespace

// -- the node -----------------------------------------------------------------

std::uint64_t model_node::publish(const std::string& name, const std::string& data, const std::string& key) {
  auto& channel = channels_[name];
  if (const auto known = channel.keys.find(key); !key.empty() && known != channel.keys.end())
    return known->second;
  const auto offset = ++channel.offset;
  if (!key.empty())
    channel.keys[key] = offset;
  published[name][epoch()][offset] = data;
  ++times[data];
  const json said{{"type", "broadcast"}, {"channel", name}, {"event", "said"}, {"data", data}, {"offset", offset}};
  channel.log.push_back(said);
  if (channel.log.size() > log_max)
    channel.log.erase(channel.log.begin());
  for (auto& [token, s] : sessions_)
    if (s->in.count(name) > 0)
      tell(*s, said);
  return offset;
}

void model_node::restart() {
  std::vector<model_line*> lines;
  for (auto& [token, s] : sessions_)
    if (s->line)
      lines.push_back(s->line);
  ++epoch_;
  channels_.clear();
  sessions_.clear();
  for (auto* line : lines)
    line->cut();
}

model_line* model_node::some_line(std::uint32_t chance) const {
  std::vector<model_line*> lines;
  for (const auto& [token, s] : sessions_)
    if (s->line)
      lines.push_back(s->line);
  return lines.empty() ? nullptr : lines[chance % lines.size()];
}

void model_node::open(model_line& line) {
  auto s = std::make_shared<session_record>();
  s->token = "t" + std::to_string(++serial_);
  s->line = &line;
  sessions_[s->token] = s;
  line.session = s;
  line.down(
      {{"type", "welcome"}, {"session", "s" + std::to_string(serial_)}, {"token", s->token}, {"heartbeat", 25000}});
}

/// Says it, and remembers it until the window ends; but not an answer that goes a way of its own.
void model_node::tell(session_record& to, json message) {
  if (!how.overtaking || !is_answer(message))
    to.journal.push_back(message);
  if (to.line)
    to.line->down(message);
}

void model_node::hear(model_line& line, const json& what) {
  const auto action = what["action"].get<std::string>();
  if (action == "resume")
    return resume(line, what);
  auto& s = *line.session;
  const auto name = what.value("channel", "");
  const auto answer = [&](json message) {
    if (what.contains("id"))
      message["id"] = what["id"];
    tell(s, std::move(message));
  };
  if (action == "ping")
    return answer({{"type", "reply"}, {"data", nullptr}});
  if (action == "unsubscribe") {
    s.in.erase(name);
    return answer({{"type", "unsubscribed"}, {"channel", name}, {"reason", "left"}});
  }
  if (action == "subscribe")
    return subscribe(s, what);
  if (s.in.count(name) == 0)
    return answer({{"type", "error"}, {"code", "not_joined"}, {"message", name}});
  const auto offset = publish(name, what["data"], s.token + ' ' + what.value("key", ""));
  answer({{"type", "reply"}, {"data", {{"epoch", epoch()}, {"offset", offset}}}});
}

void model_node::subscribe(session_record& of, const json& what) {
  const auto name = what["channel"].get<std::string>();
  auto& channel = channels_[name];
  if (!of.in.insert(name).second)
    return tell(of, {{"type", "error"}, {"id", what["id"]}, {"code", "already_subscribed"}, {"message", name}});
  const auto tail = channel.log.empty() ? channel.offset : channel.log[0]["offset"].get<std::uint64_t>() - 1;
  auto start = channel.offset;
  json answer{{"type", "subscribed"}, {"id", what["id"]}, {"channel", name}, {"epoch", epoch()}, {"data", nullptr}};
  if (const auto since = what.find("since"); since != what.end()) {
    const auto at = (*since)["offset"].get<std::uint64_t>();
    const bool recovered = (*since)["epoch"] == epoch() && at >= tail && at <= channel.offset;
    answer["recovered"] = recovered;
    start = recovered ? at : start;
  }
  answer["offset"] = start;
  tell(of, std::move(answer));
  for (const auto& said : channel.log)
    if (said["offset"] > start)
      tell(of, said);
}

void model_node::resume(model_line& line, const json& what) {
  const auto fresh = line.session;
  const auto found = sessions_.find(what["token"].get<std::string>());
  if (!how.resumes || found == sessions_.end())
    return tell(*fresh, {{"type", "error"}, {"id", what["id"]}, {"code", "expired"}, {"message", "gone"}});
  const auto kept = found->second;
  sessions_.erase(fresh->token);
  if (kept->line)
    kept->line->cut();
  line.session = kept;
  kept->line = &line;
  line.down({{"type", "resumed"}, {"id", what["id"]}, {"session", "s"}, {"token", kept->token}, {"private", "kept"}});
  const auto received = what["received"].get<std::size_t>();
  for (std::size_t i = received; i < kept->journal.size(); ++i)
    line.down(kept->journal[i]);
}

// -- a connection -------------------------------------------------------------

model_line::model_line(model_node& node, opening what, sink to)
    : node_(node), opening_(std::move(what)), sink_(std::move(to)) {
  if (node.upset > 0) {
    --node.upset;
    timers_.push_back(node.clock.after(milliseconds{1}, [this] { cut(); }));
    return;
  }
  later(up, [this] {
    node_.open(*this);
    if (const auto& r = opening_.resume)
      node_.hear(*this, {{"action", "resume"}, {"id", r->id}, {"token", r->token}, {"received", r->received}});
  });
}

void model_line::send(const command& what) {
  later(up, [this, said = json::parse(encode(codec::json, what))] { node_.hear(*this, said); });
}

void model_line::down(const json& message) {
  const bool apart = node_.how.overtaking && is_answer(message);
  later(apart ? answers : downwards, [this, apart, message] {
    const auto tell = apart ? sink_.answer : sink_.message;
    const auto alive = sink_.alive;
    alive();
    tell(*decode(codec::json, message.dump()));
  });
}

void model_line::close(bool) {
  whole_ = false;
  if (session && session->line == this)
    session->line = nullptr;
}

void model_line::cut() {
  if (!whole_)
    return;
  close(false);
  const auto tell = sink_.closed;
  tell({"cut"});
}

/// After a while, but not before what went the same way earlier.
void model_line::later(way which, std::function<void()> what) {
  const auto now = node_.clock.now();
  auto& end = ends_[which];
  end = std::max(end, now + milliseconds{static_cast<int>(node_.clock.random() * latency_ms)});
  timers_.push_back(node_.clock.after(end - now, [this, what = std::move(what)] {
    if (whole_)
      what();
  }));
}

namespace {

class model_way final : public transport {
 public:
  model_way(client_transport kind, model_node& node) : kind_(kind), node_(node) {}
  client_transport kind() const noexcept override { return kind_; }
  pulse pulse_of(std::optional<milliseconds>) const override { return {milliseconds{25'000}, true}; }
  std::shared_ptr<connection> open(opening what, sink to) override {
    return std::make_shared<model_line>(node_, std::move(what), std::move(to));
  }

 private:
  const client_transport kind_;
  model_node& node_;
};

} // namespace

std::unique_ptr<transport> model_transport(client_transport kind, model_node& node) {
  return std::make_unique<model_way>(kind, node);
}

} // namespace troupe::clients::test
