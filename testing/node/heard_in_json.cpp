#include "testing/node/heard_in_json.hpp"

#include "protocol/base64.hpp"
#include "protocol/error_code.hpp"

#include <string>

namespace troupe::testing {

using nlohmann::json;

namespace {

std::string members(const json& list, const char* sign) {
  std::string text;
  for (const auto& m : list)
    text += " " + std::string{sign} + m.value("session", "") + (m.value("away", false) ? "(away)" : "");
  return text;
}

std::string names(const json& envelope, const char* list) {
  std::string text;
  if (const auto found = envelope.find(list); found != envelope.end())
    for (const auto& name : *found)
      text += " " + std::string{list} + " " + name.get<std::string>();
  return text;
}

std::string presence_in(const json& m) {
  std::string text;
  if (m.contains("members"))
    text = " all" + members(m["members"], "+");
  else if (!m.contains("joined"))
    text = " " + m["count"].dump();
  else
    text = members(m["joined"], "+") + members(m["left"], "-");
  for (const auto* list : {"away", "back", "came", "gone"})
    text += names(m, list);
  return text.empty() ? text : text.substr(1);
}

/// What members say of themselves, by session; null if none does.
payload presence_data_in(const json& m) {
  auto said = json::object();
  for (const auto* list : {"members", "joined"})
    if (const auto found = m.find(list); found != m.end())
      for (const auto& one : *found)
        if (const auto data = one.find("data"); data != one.end() && !data->is_null())
          said[one.value("session", "")] = *data;
  return said.empty() ? payload{} : payload::from(said);
}

payload data_in(const json& m) {
  const auto found = m.find("data");
  if (found == m.end())
    return {};
  if (m.value("encoding", "") == "base64")
    if (auto bytes = protocol::decode_base64(found->get<std::string>()))
      return payload::binary(*std::move(bytes));
  return payload::from(*found);
}

} // namespace

heard_message heard_in(const json& m) {
  heard_message one{m.value("type", ""), m.value("event", ""), data_in(m), {}, 0, 0, m.value("channel", "")};
  if (one.type == "broadcast")
    one.offset = m.value("offset", std::uint64_t{0});
  else if (one.type == "ask")
    one.ask = m.value("ask", std::uint64_t{0});
  else if (one.type == "error")
    one.words = m.value("code", "") + ": " + m.value("message", "");
  else if (one.type == "gap")
    one.words = m.at("missed").is_null() ? "?" : m.at("missed").dump();
  else if (one.type == "presence") {
    one.words = presence_in(m);
    one.data = presence_data_in(m);
  }
  else if (one.type == "subscribed" && m.contains("recovered"))
    one.event = m["recovered"].get<bool>() ? "recovered" : "lost";
  else if (one.type == "unsubscribed" || one.type == "closing")
    one.words = m.value("reason", "");
  return one;
}

failure failure_in(const json& error) {
  const auto name = error.value("code", "");
  failure why{error_code::internal, error.value("message", ""),
              std::chrono::milliseconds{error.value("retry_after", std::int64_t{0})}};
  for (int i = 0; i < protocol::error_code_count; ++i)
    if (const auto code = static_cast<error_code>(i); protocol::to_string(code) == name)
      why.code = code;
  return why;
}

void put_data(json& command, std::string_view key, const payload& data, bool has_bytes) {
  const bool as_text = data.encoding() == encoding::bytes && !has_bytes;
  command[std::string{key}] = as_text ? json::parse(data.json()) : data.value();
  if (as_text)
    command["encoding"] = "base64";
}

} // namespace troupe::testing
