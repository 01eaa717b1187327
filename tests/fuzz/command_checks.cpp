#include "tests/fuzz/command_checks.hpp"

#include "protocol/names.hpp"
#include "protocol/wire_form.hpp"
#include "tests/fuzz/form_checks.hpp"
#include "tests/fuzz/require.hpp"
#include "tests/protocol/describe.hpp"

#include <nlohmann/json.hpp>

namespace troupe::fuzz {

namespace {

using nlohmann::json;

/// The payload of a command that has one.
const payload* payload_of(const protocol::command& c) {
  return std::visit(
      [](const auto& body) -> const payload* {
        if constexpr (requires { body.data; })
          return &body.data;
        else if constexpr (requires { body.params; })
          return &body.params;
        else
          return nullptr;
      },
      c.body);
}

std::string described_without_payload(protocol::command c) {
  std::visit(
      [](auto& body) {
        if constexpr (requires { body.data; })
          body.data = {};
        else if constexpr (requires { body.params; })
          body.params = {};
      },
      c.body);
  return protocol::test::describe(c);
}

const char* key_of_payload(const protocol::command& c) {
  return std::holds_alternative<protocol::subscribe>(c.body) ? "params" : "data";
}

std::string_view without_padding(std::string_view base64) {
  while (base64.ends_with('='))
    base64.remove_suffix(1);
  return base64;
}

/// What the message says under the payload's key; null if nothing.
json said(const protocol::command& c, const json& whole) {
  return std::holds_alternative<protocol::bare>(c.body) ? whole : whole.value(key_of_payload(c), json());
}

} // namespace

void require_same(const protocol::command& a, const protocol::command& b) {
  require(described_without_payload(a) == described_without_payload(b), "both encodings mean the same command");
  const auto* of_a = payload_of(a);
  const auto* of_b = payload_of(b);
  require((of_a == nullptr) == (of_b == nullptr), "both have data or neither");
  if (of_a)
    require(same_value(of_a->value(), of_b->value()), "both encodings carry the same value");
}

void check_accepted(const protocol::command& c, std::string_view message, const json& whole) {
  const auto* data = payload_of(c);
  if (!data)
    return;
  const auto expected = said(c, whole);
  if (data->encoding() == encoding::bytes && expected.is_string())
    require(without_padding(expected.get_ref<const std::string&>()) ==
                without_padding(data->json().substr(1, data->json().size() - 2)),
            "bytes are those that the base64 stood for");
  else
    require(same_value(data->value(), expected), "data is the value that the message holds");
  if (data->encoding() != encoding::bytes && !(data->is_null() && expected.is_null()))
    require(message.find(data->raw()) != std::string_view::npos, "data is handed on byte for byte");

  const auto* published = std::get_if<protocol::publish>(&c.body);
  check_forms(*data, published ? published->event : "");
}

void check_refused(const protocol::decode_failure& why) {
  require(!why.why.message.empty() && why.why.message.size() < 300, "a refusal says why, briefly");
  require(protocol::is_utf8(why.why.message), "a refusal is text");
  require(json::accept(protocol::to_json(protocol::error{why.id, why.why, ""})), "a refusal can be sent");
}

} // namespace troupe::fuzz
