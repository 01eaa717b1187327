#include "protocol/decoder.hpp"
#include "tests/protocol/describe.hpp"

#include <catch2/catch.hpp>

namespace troupe::protocol::test {

namespace {

std::string means(const std::string& body) {
  const auto request = decode_send(body, {});
  if (!request)
    return describe(decoded(tl::unexpected(request.error())));
  if (const auto* user = std::get_if<send_request::to_user>(&request->body))
    return "user=" + user->user + " message=" + std::string(user->message.raw());
  const auto& session = std::get<send_request::of_session>(request->body);
  return "token=" + session.token + " " + describe(session.what);
}

} // namespace

TEST_CASE("a message to a user is handed on byte for byte") {
  CHECK(means(R"({"userId":"ann","message":{ "a" : 1 }})") == R"(user=ann message={ "a" : 1 })");
  CHECK(means(R"({"userId":"ann","message":null})") == "user=ann message=null");
  CHECK(means(R"({"userId":42,"message":"hi"})") == R"(user=42 message="hi")");
}

TEST_CASE("a body that names no user, or is no object, is refused") {
  CHECK(means("") == "bad_message id=none: not JSON: empty");
  CHECK(means("{") == "bad_message id=none: not JSON");
  CHECK(means("[]") == "bad_message id=none: expected an object");
  CHECK(means("\"x\"") == "bad_message id=none: expected an object");
  CHECK(means("{}") == "bad_message id=none: userId: missing");
  CHECK(means(R"({"message":1})") == "bad_message id=none: userId: missing");
  CHECK(means(R"({"userId":null,"message":1})") == "bad_message id=none: userId: expected a string");
  CHECK(means(R"({"userId":"","message":1})") == "bad_message id=none: userId: empty");
  CHECK(means(R"({"userId":"a\nb","message":1})") == "bad_message id=none: userId: contains a control character");
  CHECK(means(R"({"userId":")" + std::string(251, 'u') + R"(","message":1})") ==
        "bad_message id=none: userId: longer than 255 bytes");
  CHECK(means(R"({"userId":"ann"})") == "bad_message id=none: message: missing");
  CHECK(means(R"({"userId":"ann","userId":"bob","message":1})") == "bad_message id=none: userId: given twice");
}

TEST_CASE("a command of a session comes with its token") {
  CHECK(means(R"({"token":"t1","action":"unsubscribe","channel":"c","id":1})") == "token=t1 unsubscribe id=1 channel=c");
  CHECK(means(R"({"action":"ping"})") == "bad_message id=none: token: missing");
  CHECK(means(R"({"token":1,"action":"ping","id":5})") == "bad_message id=5: token: expected a string");
  CHECK(means(R"({"token":"t1"})") == "bad_message id=none: action: missing");
  CHECK(means(R"({"token":"t1","id":9})") == "bad_message id=9: action: missing");
  CHECK(means(R"({"token":"t1","action":"publish","data":01,"id":"x"})") ==
        "bad_message id=\"x\": not JSON: a number is malformed");
  CHECK(means(R"({"userId":"ann","id":4})") == "bad_message id=4: message: missing");
  CHECK(means(R"({"token":"t1","action":"fly","id":9})") == R"(unknown_action id=9: action: "fly" is unknown)");
}

TEST_CASE("new credentials of a session stand beside its token") {
  CHECK(means(R"({"token":"t1","action":"authenticate","credentials":"eyJ"})") == "token=t1 authenticate id=none token=eyJ");
  CHECK(means(R"({"token":"t1","action":"authenticate"})") == "bad_message id=none: credentials: missing");
}

} // namespace troupe::protocol::test
