// Bodies of POST /send: a message to a user names a channel that may exist and is handed on untouched; a command is the
// one that a connection would have read.

#include "protocol/names.hpp"
#include "tests/fuzz/command_checks.hpp"
#include "tests/fuzz/form_checks.hpp"
#include "tests/fuzz/require.hpp"

#include <nlohmann/json.hpp>

using namespace troupe;
using fuzz::require;

namespace {

using to_user = protocol::send_request::to_user;
using of_session = protocol::send_request::of_session;

void check_message(std::string_view text, const nlohmann::json& tree, const to_user& sent) {
  require(!sent.user.empty() && !protocol::channel_name_error("user:" + sent.user), "a user has a channel's name");
  require(fuzz::same_value(sent.message.value(), tree.at("message")), "the message is what the body holds");
  require(text.find(sent.message.raw()) != std::string_view::npos, "the message is handed on byte for byte");
  fuzz::check_forms(sent.message, "");
}

/// The token authorises; credentials are what `authenticate` and `resume` bring along.
void check_command(std::string_view text, const nlohmann::json& tree, const of_session& sent) {
  require(tree.at("token") == sent.token, "a command brings its token");
  fuzz::check_accepted(sent.what, text, tree);
  const auto* authenticate = std::get_if<protocol::authenticate>(&sent.what.body);
  const auto* resume = std::get_if<protocol::resume>(&sent.what.body);
  if (authenticate || resume) {
    require(tree.at("credentials") == (authenticate ? authenticate->token : resume->token),
            "credentials are kept apart");
    return;
  }
  const auto read = protocol::decode_json(text, {});
  require(read.has_value(), "a connection would have read it");
  fuzz::require_same(sent.what, *read);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto text = fuzz::as_text(bytes, size);
  const auto request = protocol::decode_send(text, {});
  if (!request) {
    fuzz::check_refused(request.error());
    return 0;
  }
  const auto tree = nlohmann::json::parse(text, nullptr, false);
  require(tree.is_object(), "a body is an object");
  if (const auto* message = std::get_if<to_user>(&request->body))
    check_message(text, tree, *message);
  else
    check_command(text, tree, std::get<of_session>(request->body));
  return 0;
}
