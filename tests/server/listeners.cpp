#include "tests/server/listeners.hpp"

#include "testing/event_stream_reader.hpp"

#include <catch2/catch.hpp>

#include <deque>
#include <map>
#include <set>
#include <utility>

namespace troupe::server::test {

namespace wire = transports::test;

namespace {

std::string escaped(std::string_view channel) {
  std::string out;
  for (const char c : channel)
    out += c == ':' ? "%3A" : std::string(1, c);
  return out;
}

// -- WebSocket ----------------------------------------------------------------

class ws_listener final : public listener {
 public:
  ws_listener(std::uint16_t port, const std::string& channel, const char* subprotocol) : socket_(port, subprotocol) {
    socket_.join(channel);
  }
  std::optional<heard> next() override {
    while (auto m = socket_.try_hear()) {
      if ((*m)["type"] == "gap") {
        gaps.push_back(*m);
        return std::nullopt;
      }
      if ((*m)["type"] == "broadcast")
        return heard{(*m)["data"], m->value("offset", std::uint64_t{0})};
    }
    return std::nullopt;
  }
  std::string ending() override { return socket_.end(); }

 private:
  web_socket socket_;
};

// -- Server-Sent Events -------------------------------------------------------

class sse_listener final : public listener {
 public:
  sse_listener(std::uint16_t port, const std::string& channel, bool envelope) : line_(port), envelope_(envelope) {
    line_.send(wire::get("/events?channel=" + escaped(channel) + (envelope ? "&format=envelope" : "")));
    REQUIRE(line_.response().status == 200);
    line_.read_until("\"connected\""); // it is sent when the join is settled
  }
  std::optional<heard> next() override {
    for (;;) {
      const auto block = line_.read_until("\n\n");
      if (block.empty())
        return std::nullopt;
      const auto read = protocol::test::read_event_stream(block);
      if (read.events.empty())
        continue;
      const auto& e = read.events.front();
      const auto data = json::parse(e.data, nullptr, false);
      if (e.event == "gap" || (envelope_ && data["type"] == "gap")) {
        gaps.push_back(data);
        return std::nullopt;
      }
      if (envelope_ && data["type"] == "broadcast")
        return heard{data["data"], data["offset"]};
      if (!envelope_ && !e.last_id.empty())
        return heard{data, std::stoull(e.last_id.substr(e.last_id.rfind('-') + 1))};
    }
  }
  std::string ending() override { return line_.was_reset() ? "reset" : "end"; }

 private:
  client line_;
  bool envelope_;
};

// -- long polling -------------------------------------------------------------

class poll_listener final : public listener {
 public:
  poll_listener(std::uint16_t port, const std::string& channel) : line_(port) {
    line_.send(wire::get("/poll?channel=" + escaped(channel)));
  }
  std::optional<heard> next() override {
    while (waiting_.empty()) {
      if (over_)
        return std::nullopt;
      const auto a = line_.response();
      if (a.status != 200) {
        status_ = a.status;
        over_ = true;
        continue;
      }
      const auto body = json::parse(a.body);
      for (const auto& m : body["messages"])
        waiting_.push_back({m["message"], m.value("offset", std::uint64_t{0})});
      for (const auto& g : body["gaps"])
        gaps.push_back(g);
      over_ = !line_.send(wire::get("/poll?cursor=" + body["cursor"].get<std::string>()));
      if (!body["gaps"].empty())
        return std::nullopt;
    }
    auto first = std::move(waiting_.front());
    waiting_.pop_front();
    return first;
  }
  std::string ending() override { return std::to_string(status_); }

 private:
  client line_;
  std::deque<heard> waiting_;
  unsigned status_ = 0;
  bool over_ = false;
};

} // namespace

// -- listener -----------------------------------------------------------------

std::vector<heard> listener::hear(std::size_t count) {
  std::vector<heard> all;
  while (all.size() < count) {
    auto one = next();
    if (!one)
      break;
    all.push_back(std::move(*one));
  }
  return all;
}

std::vector<heard> listener::hear_all() { return hear(SIZE_MAX); }

const std::vector<kind_of_listener>& all_kinds() {
  static const std::vector<kind_of_listener> all{
      {"WebSocket, JSON", "websocket", [](auto port, const auto& c) { return std::make_unique<ws_listener>(port, c, as_json); }},
      {"WebSocket, msgpack", "websocket", [](auto port, const auto& c) { return std::make_unique<ws_listener>(port, c, as_msgpack); }},
      {"SSE", "sse", [](auto port, const auto& c) { return std::make_unique<sse_listener>(port, c, false); }},
      {"SSE, envelope", "sse", [](auto port, const auto& c) { return std::make_unique<sse_listener>(port, c, true); }},
      {"poll", "poll", [](auto port, const auto& c) { return std::make_unique<poll_listener>(port, c); }},
  };
  return all;
}

namespace {

/// How many clients are on each shard, and who they are.
std::map<std::string, std::uint32_t> shards_by_session(const running_node& node) {
  std::map<std::string, std::uint32_t> all;
  const auto list = node.api("/api/connections");
  for (const auto& c : list["connections"])
    all[c["session"]] = c["shard"];
  return all;
}

} // namespace

std::vector<listener_ptr> everywhere(const running_node& node, const std::string& channel, std::size_t shards,
                                     std::size_t each) {
  constexpr std::size_t tries_max = 64;
  std::vector<listener_ptr> all;
  std::set<std::string> known;
  for (const auto& kind : all_kinds()) {
    std::map<std::uint32_t, std::size_t> on_shard;
    for (std::size_t tries = 0; tries < tries_max; ++tries) {
      std::size_t served = 0;
      for (const auto& [shard, n] : on_shard)
        served += n >= each;
      if (served == shards)
        break;
      auto made = kind.open(node.port(), channel);
      made->kind = kind.name;
      all.push_back(std::move(made));
      REQUIRE(eventually([&] { return node.members(channel) == all.size(); }));
      for (const auto& [session, shard] : shards_by_session(node))
        if (known.insert(session).second)
          ++on_shard[shard];
    }
    INFO(kind.name << " did not come to every shard");
    REQUIRE(on_shard.size() == shards);
  }
  return all;
}

std::vector<json> data_of(const std::vector<heard>& all) {
  std::vector<json> data;
  for (const auto& h : all)
    data.push_back(h.data);
  return data;
}

bool in_order(const std::vector<heard>& all) {
  for (std::size_t i = 1; i < all.size(); ++i)
    if (all[i].offset <= all[i - 1].offset)
      return false;
  return true;
}

} // namespace troupe::server::test
