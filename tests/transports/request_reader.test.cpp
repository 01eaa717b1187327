#include <utility>

#include "transports/request_reader.hpp"

#include <catch2/catch.hpp>

namespace troupe::transports::test {

namespace {

using state = request_reader::state;
constexpr std::size_t header_max = 512;
constexpr std::size_t body_max = 64;
constexpr std::size_t steps[] = {1, 2, 3, 4, 5, 6, 7, 8, 16, 31, SIZE_MAX};

/// All requests in `bytes`, one line each; a refusal ends them.
std::string read_all(std::string_view bytes, std::size_t step) {
  request_reader reader(header_max, body_max);
  std::string out;
  while (!bytes.empty()) {
    const std::string_view part = bytes.substr(0, step);
    bytes.remove_prefix(part.size());
    auto s = reader.feed(part);
    for (; s == state::ready; s = reader.advance()) {
      const http_request r = reader.take();
      out += r.method + " " + r.path + (r.upgrade ? " upgrade" : "") + (r.keep_alive ? "" : " close") +
             (r.body.empty() ? "" : " " + r.body) + "\n";
    }
    if (s == state::refused)
      return out + std::to_string(reader.why().status) + "\n";
  }
  return out + (reader.begun() ? "...\n" : "");
}

const std::string three = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n"
                          "POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"
                          "POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                          "3\r\nabc\r\n0\r\n\r\n";

} // namespace

TEST_CASE("requests that follow one another are told apart, whatever the fragments") {
  for (const std::size_t step : steps) {
    CAPTURE(step);
    CHECK(read_all(three, step) == "GET /a\nPOST /b hello\nPOST /c close abc\n");
    CHECK(read_all("\r\n" + three, step) == "GET /a\nPOST /b hello\nPOST /c close abc\n");
    CHECK(read_all("\r\n\r\n" + three, step) == "400\n");
  }
}

TEST_CASE("a request that breaks off is no request") {
  const std::string one = three.substr(three.find("POST /c"));
  for (std::size_t n = 1; n < one.size(); ++n)
    CHECK(read_all(one.substr(0, n), 7) == "...\n");
}

TEST_CASE("what is too large is refused before it is there") {
  const std::string start = "POST / HTTP/1.1\r\nHost: h\r\n";
  CHECK(read_all(start + "Content-Length: 64\r\n\r\n" + std::string(64, 'x'), SIZE_MAX) ==
        "POST / " + std::string(64, 'x') + "\n");
  CHECK(read_all(start + "Content-Length: 65\r\n\r\n", SIZE_MAX) == "413\n");
  CHECK(read_all(start + "Transfer-Encoding: chunked\r\n\r\n41\r\n", SIZE_MAX) == "413\n");
  CHECK(read_all(start + "X: " + std::string(header_max, 'x'), SIZE_MAX) == "431\n");
}

TEST_CASE("the authority of an absolute target stands above the Host header") {
  request_reader reader(header_max, body_max);
  REQUIRE(reader.feed("GET http://true.example/a HTTP/1.1\r\nHost: false.example\r\n\r\n") == state::ready);
  CHECK(reader.take().header("host") == "true.example");
}

TEST_CASE("a client that waits for a 100 is told once, unless its body is here") {
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
  request_reader patient(header_max, body_max);
  CHECK(patient.feed(head) == state::more);
  CHECK(patient.take_expectation());
  CHECK(!patient.take_expectation());
  CHECK(patient.feed("ab") == state::ready);
  request_reader hasty(header_max, body_max);
  CHECK(hasty.feed(head + "a") == state::more);
  CHECK(!hasty.take_expectation());
}

} // namespace troupe::transports::test
