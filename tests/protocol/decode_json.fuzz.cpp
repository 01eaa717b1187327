// JSON from a client: what is accepted is JSON by a second parser's verdict too, its data is untouched, every wire form
// can write it, and the same message in msgpack means the same.

#include "protocol/json_document.hpp"
#include "tests/fuzz/command_checks.hpp"
#include "tests/fuzz/require.hpp"

#include <nlohmann/json.hpp>

using namespace troupe;
using fuzz::require;

namespace {

/// The other parser takes a byte order mark, ends at NUL, and has no limit for numbers.
bool parsers_differ(std::string_view text, std::string_view why) {
  return text.starts_with("\xef\xbb\xbf") || text.find('\0') != std::string_view::npos ||
         why.find("number") != std::string_view::npos;
}

/// Taken apart by the other parser, too, it has the same parts. (Of a key that comes twice that one keeps the last.)
void check_parts(std::string_view text, const nlohmann::json& tree) {
  const auto parts = protocol::json_parts(text);
  std::size_t element = 0;
  for (const auto& part : parts) {
    const auto value = nlohmann::json::parse(part.text, nullptr, false);
    require(!value.is_discarded(), "a part is JSON");
    if (tree.is_array())
      require(value == tree[element++], "an element is what stands there");
    else
      require(tree.contains(part.key), "a member has its key");
  }
  require(parts.size() >= (tree.is_structured() ? tree.size() : 0), "no part is missing");
}

void check_accepted(std::string_view text, const protocol::command& c) {
  const auto tree = nlohmann::json::parse(text, nullptr, false);
  require(!tree.is_discarded(), "what is accepted is JSON");
  fuzz::check_accepted(c, text, tree);

  const auto value = protocol::read_json(text, {});
  require(value && value->raw() == protocol::trim_json(text), "the whole is handed back as one value");
  check_parts(text, tree);
  if (const auto publication = protocol::decode_publication(text, {}, "c"); publication && !publication->data.is_null())
    require(publication->data.encoding() == encoding::bytes || text.find(publication->data.raw()) != text.npos,
            "what the API publishes is what was written");
  if (tree.is_structured())
    require(!protocol::decode_json(protocol::trim_json(text).substr(0, value->raw().size() - 1), {}),
            "what is cut off is refused");

  const auto packed = nlohmann::json::to_msgpack(tree);
  const auto again =
      protocol::decode_msgpack({reinterpret_cast<const char*>(packed.data()), packed.size()}, fuzz::roomy);
  require(again.has_value(), "the same message is accepted as msgpack");
  fuzz::require_same(c, *again);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto text = fuzz::as_text(bytes, size);
  const auto c = protocol::decode_json(text, {});
  if (c) {
    check_accepted(text, *c);
    return 0;
  }
  const std::string_view why = c.error().why.message;
  fuzz::check_refused(c.error());
  require(!nlohmann::json::accept(text) || !why.starts_with("not JSON") || parsers_differ(text, why),
          "what is refused as no JSON is none");
  return 0;
}
