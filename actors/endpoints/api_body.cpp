#include "actors/endpoints/api_body.hpp"

#include "protocol/json_document.hpp"
#include "protocol/names.hpp"

#include <utility>

namespace troupe::actors {

namespace {

using nlohmann::json;

constexpr std::size_t batch_max = 1000;
constexpr std::size_t batch_depth = 2; // that a publication of a batch stands deeper than one alone

[[noreturn]] void bad(std::string why) { throw bad_body{{error_code::bad_message, std::move(why)}}; }

const json& member(const json& tree, const char* name) {
  static const json none;
  const auto found = tree.find(name);
  return found == tree.end() ? none : *found;
}

const json& list(const json& tree, const char* name) {
  const auto& all = member(tree, name);
  if (all.is_null())
    bad(std::string{name} + ": missing");
  if (!all.is_array() || all.size() > batch_max)
    bad(std::string{name} + ": expected an array of at most " + std::to_string(batch_max));
  return all;
}

} // namespace

api_body::api_body(std::string_view text, const config::limit_settings& limits)
    : text_(protocol::trim_json(text)), bounds_(limits), limits_{limits.message_bytes, limits.message_depth} {
  if (text.size() > limits.request_body_bytes)
    throw bad_body{{error_code::too_large, "larger than " + std::to_string(limits.request_body_bytes) + " bytes"}};
}

// -- members ------------------------------------------------------------------

/// Made when first asked for: who publishes one message does not need it.
const json& api_body::tree() const {
  if (!tree_.is_null())
    return tree_;
  const auto valid = protocol::read_json(text_, {bounds_.request_body_bytes, bounds_.message_depth + batch_depth});
  if (!valid)
    throw bad_body{valid.error()};
  if (!text_.starts_with('{'))
    bad("expected an object");
  return tree_ = json::parse(text_);
}

bool api_body::has(const char* name) const { return !member(tree(), name).is_null(); }

std::string api_body::text(const char* name) const {
  const auto& value = member(tree(), name);
  if (!value.is_string())
    bad(std::string{name} + (has(name) ? ": expected a string" : ": missing"));
  return value.get<std::string>();
}

std::string api_body::optional_text(const char* name) const { return has(name) ? text(name) : std::string{}; }

std::vector<std::string> api_body::channels() const {
  std::vector<std::string> names;
  for (const auto& name : list(tree(), "channels")) {
    if (!name.is_string())
      bad("channels: expected names");
    names.push_back(name.get<std::string>());
    if (const auto why = protocol::channel_name_error(names.back()))
      throw bad_body{{error_code::bad_channel, "channels: " + *why}};
  }
  return names;
}

// -- what is published --------------------------------------------------------

protocol::publish api_body::publication(std::optional<std::string> channel) const {
  auto read = protocol::decode_publication(text_, limits_, std::move(channel));
  if (!read)
    throw bad_body{read.error()};
  return *std::move(read);
}

std::vector<protocol::publish> api_body::publications() const {
  list(tree(), "publications");
  std::vector<protocol::publish> all;
  bool found = false;
  for (const auto& part : protocol::json_parts(text_)) {
    if (part.key != "publications")
      continue;
    if (std::exchange(found, true))
      bad("publications: given twice");
    for (const auto& one : protocol::json_parts(part.text)) {
      auto read = protocol::decode_publication(one.text, limits_);
      if (!read)
        throw bad_body{{read.error().code, "publications[" + std::to_string(all.size()) + "]: " + read.error().message}};
      all.push_back(*std::move(read));
    }
  }
  return all;
}

protocol::send_request::to_user api_body::to_user() const {
  auto read = protocol::decode_send(text_, {text_.size(), limits_.depth_max});
  if (!read)
    throw bad_body{read.error().why};
  auto* to = std::get_if<protocol::send_request::to_user>(&read->body);
  if (!to)
    bad("expected userId and message");
  if (to->message.raw().size() > limits_.message_bytes_max)
    throw bad_body{{error_code::too_large, "message: larger than " + std::to_string(limits_.message_bytes_max) + " bytes"}};
  return std::move(*to);
}

} // namespace troupe::actors
