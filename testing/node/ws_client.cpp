#include "testing/node/clients.hpp"

#include "testing/node/arrivals.hpp"

#include <utility>

namespace troupe::actors::testing {

json since_json(const std::string& position) {
  const auto dash = position.rfind('-');
  return {{"epoch", position.substr(0, dash)}, {"offset", std::stoull(position.substr(dash + 1))}};
}

ws_client::ws_client(virtual_node& node, std::string protocol, std::uint32_t shard, std::string path,
                     std::vector<std::pair<std::string, std::string>> headers)
    : node_(node), protocol_(std::move(protocol)), shard_(shard) {
  auto upgrade = request("GET", std::move(path), {}, std::move(headers));
  upgrade.upgrade = true;
  if (!protocol_.empty())
    upgrade.headers.emplace_back("sec-websocket-protocol", protocol_);
  asked_ = std::make_shared<test_exchange>(node_, std::move(upgrade));
  node_.router(shard_).upgrade(asked_);
  look();
  node_.settle();
}

// -- saying -------------------------------------------------------------------

void ws_client::send(const json& command) {
  const bool msgpack = protocol_ == "troupe.v1.msgpack";
  line_->peer_says(encoded(command, msgpack), !msgpack);
}

void ws_client::send_text(std::string_view text) { line_->peer_says(text, true); }
void ws_client::send_binary(std::string_view bytes) { line_->peer_says(bytes, false); }

json ws_client::ask(json command) {
  const auto id = next_id_++;
  command["id"] = id;
  send(command);
  node_.settle();
  return answer(id);
}

// -- hearing ------------------------------------------------------------------

std::vector<json> ws_client::messages() {
  std::vector<json> all;
  for (auto next = frame_at(line_->arrived(), 0); next; next = frame_at(line_->arrived(), next->end))
    all.push_back(decoded(*next));
  return all;
}

std::vector<json> ws_client::fresh() {
  auto all = messages();
  all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(std::exchange(seen_, all.size())));
  return all;
}

std::vector<json> ws_client::messages(std::string_view type) {
  auto all = messages();
  std::erase_if(all, [type](const auto& m) { return m.value("type", "") != type; });
  return all;
}

json ws_client::answer(const json& id) {
  for (const auto& m : messages())
    if (m.contains("id") && m["id"] == id)
      return m;
  return nullptr;
}

std::string ws_client::session() { return messages("welcome").at(0)["session"]; }

// -- reader -------------------------------------------------------------------

void ws_client::join(const std::string& channel, const std::string& since) {
  json command{{"action", "subscribe"}, {"channel", channel}};
  if (!since.empty())
    command["since"] = since_json(since);
  send(command);
  node_.settle();
}

std::vector<heard> ws_client::publications() {
  std::vector<heard> all;
  for (const auto& m : messages("broadcast"))
    all.push_back({m["channel"], m.value("event", ""), m["data"],
                   m.contains("offset") ? std::optional<std::uint64_t>{m["offset"]} : std::nullopt});
  return all;
}

std::vector<heard_gap> ws_client::gaps() {
  std::vector<heard_gap> all;
  for (const auto& m : messages()) {
    if (m["type"] == "gap")
      all.push_back({m["channel"], m["offset"], m["missed"].is_null() ? std::nullopt : std::optional<std::uint64_t>{m["missed"]}});
    else if (m["type"] == "subscribed" && m.contains("recovered") && m["recovered"] == false)
      all.push_back({m["channel"], m["offset"], std::nullopt});
  }
  return all;
}

std::string ws_client::position() {
  std::string epoch;
  std::uint64_t offset = 0;
  for (const auto& m : messages()) {
    if (m.contains("epoch") && m.contains("offset"))
      epoch = m["epoch"];
    if (m.contains("offset") && m["type"] != "reply")
      offset = m["offset"];
  }
  return epoch + "-" + std::to_string(offset);
}

void ws_client::lose_connection() {
  line_->peer_closes(protocol::close_code::none, "lost");
  node_.settle();
}

} // namespace troupe::actors::testing
