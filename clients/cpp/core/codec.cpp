#include "clients/cpp/core/codec.hpp"

#include "protocol/base64.hpp"
#include "protocol/json_document.hpp"
#include "protocol/json_text.hpp"

#include <charconv>

namespace troupe::clients {

namespace {

using nlohmann::json;

constexpr std::size_t depth_max = 512; // of what we let a node nest

// -- writing ------------------------------------------------------------------

void append_payload(std::string& out, std::string_view key, const payload& value) {
  out += ",\"";
  out += key;
  out += "\":";
  value.append_json(out);
}

std::string encode_json(const command& what) {
  std::string out = "{\"action\":";
  protocol::append_json_string(out, what.action);
  if (what.id)
    (out += ",\"id\":") += std::to_string(*what.id);
  if (!what.channel.empty())
    protocol::append_json_string(out += ",\"channel\":", what.channel);
  for (const auto& [key, value] : what.more.items()) {
    protocol::append_json_string(out += ',', key);
    (out += ':') += value.dump(-1, ' ', false, json::error_handler_t::replace);
  }
  if (what.params)
    append_payload(out, "params", *what.params);
  if (what.data) {
    append_payload(out, "data", *what.data);
    if (what.data->encoding() == encoding::bytes)
      out += R"(,"encoding":"base64")";
  }
  return out += '}';
}

std::string encode_msgpack(const command& what) {
  json tree = what.more;
  tree["action"] = what.action;
  if (what.id)
    tree["id"] = *what.id;
  if (!what.channel.empty())
    tree["channel"] = what.channel;
  if (what.params)
    tree["params"] = what.params->value();
  if (what.data)
    tree["data"] = what.data->value();
  std::string out;
  json::to_msgpack(tree, out);
  return out;
}

// -- reading ------------------------------------------------------------------

std::string string_of(const json& value) { return value.is_string() ? value.get<std::string>() : std::string{}; }

template <class T>
T number_of(const json& value) {
  return value.is_number_integer() ? value.get<T>() : T{};
}

/// All keys but `data`.
void take(node_message& into, const std::string& key, json value) {
  if (key == "type")
    into.type = string_of(value);
  else if (key == "channel")
    into.channel = string_of(value);
  else if (key == "event")
    into.event = string_of(value);
  else if (key == "from")
    into.from = string_of(value);
  else if (key == "offset")
    into.offset = number_of<offset_t>(value);
  else if (key == "timestamp")
    into.timestamp = number_of<std::int64_t>(value);
  else if (key == "id" && value.is_number_integer())
    into.id = value.get<command_id>();
  else
    into.more[key] = std::move(value);
}

/// Bytes that came as base64 are bytes again.
void restore_bytes(node_message& message) {
  const auto said = message.more.find("encoding");
  if (said == message.more.end() || *said != "base64")
    return;
  if (auto bytes = protocol::decode_base64(string_of(message.data.value())))
    message.data = payload::binary(std::move(*bytes));
  message.more.erase(said);
}

tl::expected<node_message, std::string> decode_json(std::string_view text) {
  const auto checked = protocol::parse_json(text, depth_max);
  if (!checked)
    return tl::unexpected("not JSON: " + checked.error().message);
  if (!checked->is_object())
    return tl::unexpected(std::string{"not an object"});
  node_message message;
  for (const auto& part : protocol::json_parts(text))
    if (part.key == "data") // as it was written: numbers keep their digits
      message.data = payload::json_text(std::string{part.text});
    else
      take(message, part.key, json::parse(part.text, nullptr, false));
  restore_bytes(message);
  return message;
}

tl::expected<node_message, std::string> decode_msgpack(std::string_view bytes) {
  const auto tree = json::from_msgpack(bytes, true, false);
  if (!tree.is_object())
    return tl::unexpected(std::string{"not a msgpack map"});
  return read_message(tree);
}

} // namespace

const char* subprotocol(codec c) noexcept { return c == codec::json ? "troupe.v1.json" : "troupe.v1.msgpack"; }

std::string encode(codec c, const command& what) { return c == codec::json ? encode_json(what) : encode_msgpack(what); }

tl::expected<node_message, std::string> decode(codec c, std::string_view bytes) {
  return c == codec::json ? decode_json(bytes) : decode_msgpack(bytes);
}

node_message read_message(const json& tree) {
  node_message message;
  for (const auto& [key, value] : tree.items())
    if (key == "data")
      message.data = payload::from(value);
    else
      take(message, key, value);
  restore_bytes(message);
  return message;
}

} // namespace troupe::clients
