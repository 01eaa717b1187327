#include "transports/http_header.hpp"

#include <catch2/catch.hpp>

namespace troupe::transports::test {

namespace {

constexpr std::size_t limit = 8192;

const http_head* parsed(const std::variant<http_head, http_refusal>& v) { return std::get_if<http_head>(&v); }

unsigned status_of(const std::string& block) {
  const auto v = parse_http_head(block);
  const auto* refusal = std::get_if<http_refusal>(&v);
  return refusal ? refusal->status : 200;
}

std::string with(const std::string& lines) { return "POST /x HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n"; }

} // namespace

TEST_CASE("a request head is taken apart") {
  const auto v = parse_http_head("GET /a?b=c HTTP/1.1\r\nHost: example.org:80\r\nX-Thing:  two words \t\r\n\r\n");
  REQUIRE(parsed(v));
  CHECK(parsed(v)->method == "GET");
  CHECK(parsed(v)->target == "/a?b=c");
  CHECK(parsed(v)->http_1_1);
  CHECK(parsed(v)->keep_alive);
  CHECK(parsed(v)->framing == body_framing::none);
  CHECK(parsed(v)->headers.at(1) == std::pair<std::string, std::string>("x-thing", "two words"));
}

TEST_CASE("heads that two parsers could read in two ways are refused") {
  const std::pair<const char*, unsigned> cases[] = {
      {"GET / HTTP/1.1\r\n\r\n", 400},                       // no Host
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400}, // two
      {"GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: user@a\r\n\r\n", 400},
      {"GET /\r\n\r\n", 400}, // HTTP/0.9
      {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
      {"GET / http/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET / HTTP/1.10\r\nHost: a\r\n\r\n", 400},
      {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET / x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"G@T / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\n X: folded\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nX: a\x01\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nnothing\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\n: empty\r\n\r\n", 400},
  };
  for (const auto& [block, status] : cases) {
    CAPTURE(block);
    CHECK(status_of(block) == status);
  }
}

TEST_CASE("the length of a body has one meaning, or the request is refused") {
  const std::pair<const char*, unsigned> cases[] = {
      {"Content-Length: 3\r\n", 200},
      {"Content-Length: 0\r\n", 200},
      {"Content-Length: 3\r\nContent-Length: 3\r\n", 400},
      {"Content-Length: 3, 3\r\n", 400},
      {"Content-Length: +3\r\n", 400},
      {"Content-Length: -3\r\n", 400},
      {"Content-Length: 0x3\r\n", 400},
      {"Content-Length: 3 \t\r\n", 200},
      {"Content-Length:\r\n", 400},
      {"Content-Length: 99999999999999999999\r\n", 400},
      {"Transfer-Encoding: chunked\r\n", 200},
      {"Transfer-Encoding: CHUNKED\r\n", 200},
      {"Transfer-Encoding: gzip\r\n", 501},
      {"Transfer-Encoding: gzip, chunked\r\n", 501},
      {"Transfer-Encoding: chunked, chunked\r\n", 501},
      {"Transfer-Encoding: identity\r\n", 501},
      {"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", 501},
      {"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", 400},
      {"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", 400},
      {"Expect: 100-continue\r\n", 200},
      {"Expect: wonders\r\n", 417},
  };
  for (const auto& [lines, status] : cases) {
    CAPTURE(lines);
    CHECK(status_of(with(lines)) == status);
  }
  CHECK(status_of("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") == 400);
}

TEST_CASE("a connection is kept as the version and the header say") {
  const std::pair<const char*, bool> cases[] = {
      {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", true},
      {"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", false},
      {"GET / HTTP/1.1\r\nHost: a\r\nConnection: Foo, CLOSE\r\n\r\n", false},
      {"GET / HTTP/1.1\r\nHost: a\r\nConnection: foo\r\nConnection: close\r\n\r\n", false},
      {"GET / HTTP/1.0\r\n\r\n", false},
      {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true},
      {"GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", false},
  };
  for (const auto& [block, kept] : cases) {
    CAPTURE(block);
    const auto v = parse_http_head(block);
    REQUIRE(parsed(v));
    CHECK(parsed(v)->keep_alive == kept);
  }
}

TEST_CASE("more header lines than allowed are refused") {
  std::string lines;
  for (std::size_t i = 0; i < header_fields_max - 1; ++i) // Host is one
    lines += "X: y\r\n";
  CHECK(status_of(with(lines)) == 200);
  CHECK(status_of(with(lines + "X: y\r\n")) == 431);
}

TEST_CASE("a head is found whole, however its bytes arrive") {
  const std::string block = "GET /abc HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n";
  const std::string bytes = block + "GET /next";
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    CAPTURE(step);
    head_scanner scanner;
    std::size_t found = 0;
    for (std::size_t n = step; found == 0; n += step) {
      const auto v = scanner.look(std::string_view(bytes).substr(0, n), limit);
      REQUIRE(!v.refusal);
      found = v.size;
      REQUIRE(n < bytes.size() + step);
    }
    CHECK(found == block.size());
  }
  for (std::size_t n = 0; n < block.size(); ++n) {
    head_scanner scanner;
    const auto v = scanner.look(std::string_view(block).substr(0, n), limit);
    CHECK(v.size == 0);
    CHECK(!v.refusal);
  }
}

TEST_CASE("what can be no head is refused without waiting for its end") {
  const std::pair<const char*, unsigned> cases[] = {
      {"\x16\x03\x01", 400}, // TLS
      {" GET", 400},         {"GET / HTTP/1.1\n", 400},   {"GET / HTTP/1.1\r\nHost: a\n", 400},
      {"GET /\r\n", 400},    {"PRI * HTTP/2.0\r\n", 505}, {"\n", 400},
  };
  for (const auto& [bytes, status] : cases) {
    CAPTURE(bytes);
    head_scanner scanner;
    const auto v = scanner.look(bytes, limit);
    REQUIRE(v.refusal);
    CHECK(v.refusal->status == status);
  }
  head_scanner scanner;
  const auto v = scanner.look("GET /" + std::string(limit, 'a'), limit);
  REQUIRE(v.refusal);
  CHECK(v.refusal->status == 431);
}

TEST_CASE("tokens are found in lists whatever their case") {
  CHECK(has_token("keep-alive, Upgrade", "upgrade"));
  CHECK(has_token(" upgrade ", "UPGRADE"));
  CHECK(has_token(",,a", "a"));
  CHECK(!has_token("upgrades", "upgrade"));
  CHECK(!has_token("", "upgrade"));
}

} // namespace troupe::transports::test
