// msgpack from a client: what is accepted reads the same by a second parser, its data is untouched, becomes JSON that
// our own reader takes, and the same message as JSON means the same.

#include "protocol/transcode.hpp"
#include "tests/fuzz/command_checks.hpp"
#include "tests/fuzz/form_checks.hpp"
#include "tests/fuzz/require.hpp"

#include <nlohmann/json.hpp>

using namespace troupe;
using fuzz::require;

namespace {

bool has_bytes(const nlohmann::json& tree) {
  return tree.is_binary() || (tree.is_object() && tree.value("data", nlohmann::json()).is_binary());
}

void check_accepted(std::string_view bytes, const protocol::command& c) {
  const auto tree = nlohmann::json::from_msgpack(bytes, true, false);
  require(!tree.is_discarded(), "what is accepted is msgpack");
  fuzz::check_accepted(c, bytes, tree);
  require(!protocol::decode_msgpack(bytes.substr(0, bytes.size() - 1), {}), "what is cut off is refused");
  require(!protocol::decode_msgpack(std::string(bytes) + '\xc0', {}), "what has more behind it is refused");
  if (has_bytes(tree))
    return;

  std::string text;
  protocol::append_json_of_msgpack(text, bytes);
  const auto read = nlohmann::json::parse(text, nullptr, false);
  require(!read.is_discarded() && fuzz::same_value(read, tree), "it is the same value as JSON");
  const auto again = protocol::decode_json(text, fuzz::roomy);
  require(again.has_value(), "the same message is accepted as JSON");
  fuzz::require_same(c, *again);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* given, std::size_t size) {
  const auto bytes = fuzz::as_text(given, size);
  if (const auto c = protocol::decode_msgpack(bytes, {}))
    check_accepted(bytes, *c);
  else
    fuzz::check_refused(c.error());
  return 0;
}
