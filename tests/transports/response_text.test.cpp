#include "transports/response_text.hpp"

#include <catch2/catch.hpp>

namespace troupe::transports::test {

namespace {

constexpr char date[] = "Thu, 01 Jan 1970 00:00:00 GMT";
const http_response plain{200, {{"Content-Type", "text/plain"}}, "hello"};

} // namespace

TEST_CASE("a response says its length and what becomes of the connection") {
  CHECK(response_text(plain, date, {}) ==
        "HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nConnection: keep-alive\r\n"
        "Content-Length: 5\r\nContent-Type: text/plain\r\n\r\nhello");
  CHECK(response_text(plain, date, {.keep_alive = false}).find("Connection: close\r\n") != std::string::npos);
}

TEST_CASE("the answer to HEAD has the length and no body") {
  const std::string text = response_text(plain, date, {.head_only = true});
  CHECK(text.find("Content-Length: 5\r\n") != std::string::npos);
  CHECK(text.ends_with("\r\n\r\n"));
}

TEST_CASE("a stream has no length, and neither has what has no body") {
  CHECK(response_text(plain, date, {.until_close = true}).find("Content-Length") == std::string::npos);
  for (const unsigned status : {204u, 304u}) {
    const std::string text = response_text({status, {}, "ignored"}, date, {});
    CHECK(text.find("Content-Length") == std::string::npos);
    CHECK(text.ends_with("\r\n\r\n"));
  }
}

TEST_CASE("what a response names as an option of its connection stands beside what becomes of it") {
  const std::string text = response_text({426, {{"Connection", "Upgrade"}, {"Upgrade", "websocket"}}, {}}, date, {});
  CHECK(text.find("Connection: keep-alive, Upgrade\r\n") != std::string::npos);
  CHECK(text.find("Connection:") == text.rfind("Connection:"));
}

TEST_CASE("a header value cannot end its line") {
  const std::string text = response_text({200, {{"X", "a\r\nSet-Cookie: b"}}, {}}, date, {});
  CHECK(text.find("X: a  Set-Cookie: b\r\n") != std::string::npos);
}

TEST_CASE("an unknown status has a line, too") {
  CHECK(response_text({299, {}, {}}, date, {}).starts_with("HTTP/1.1 299 Status\r\n"));
}

} // namespace troupe::transports::test
