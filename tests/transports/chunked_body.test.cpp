#include "transports/chunked_body.hpp"

#include <catch2/catch.hpp>

namespace troupe::transports::test {

namespace {

using state = chunked_body::state;
constexpr std::size_t limit = 1024;

struct outcome {
  state end = state::more;
  std::string body{};
  std::string rest{};
  unsigned status = 0;
};

outcome feed(std::string_view bytes, std::size_t step) {
  chunked_body reader;
  outcome o;
  while (!bytes.empty() && o.end == state::more) {
    std::string_view part = bytes.substr(0, step);
    const std::size_t before = part.size();
    o.end = reader.feed(part, o.body, limit);
    bytes.remove_prefix(before - part.size());
    if (o.end == state::more)
      CHECK(part.empty());
  }
  o.rest = bytes;
  o.status = o.end == state::refused ? reader.why().status : 0;
  return o;
}

constexpr std::size_t steps[] = {1, 2, 3, 4, 5, 6, 7, 8, 16, 31, SIZE_MAX};

const std::string wiki = "4\r\nWiki\r\n6;note=\"x\"\r\npedia \r\nE\r\nin \r\n\r\nchunks.\r\n0\r\nTrailer: x\r\n\r\n";

} // namespace

TEST_CASE("a chunked body is put together, whatever the fragments") {
  for (const std::size_t step : steps) {
    CAPTURE(step);
    const outcome o = feed(wiki + "GET /next", step);
    CHECK(o.end == state::done);
    CHECK(o.body == "Wikipedia in \r\n\r\nchunks.");
    CHECK(o.rest == "GET /next");
  }
}

TEST_CASE("a chunked body that breaks off wants more") {
  for (std::size_t n = 0; n < wiki.size(); ++n)
    for (const std::size_t step : {std::size_t{1}, std::size_t{5}, SIZE_MAX}) {
      CAPTURE(n, step);
      CHECK(feed(std::string_view(wiki).substr(0, n), step).end == state::more);
    }
}

TEST_CASE("malformed chunks are refused, whatever the fragments") {
  const std::pair<std::string, unsigned> cases[] = {
      {"x\r\n", 400},
      {"\r\n", 400},
      {"-1\r\n", 400},
      {"0x4\r\nWiki\r\n", 400},
      {"4\nWiki\n", 400},
      {"4\r\nWikipedia\r\n", 400},
      {"4\r\nWiki4\r\n", 400},
      {"11111111111111111\r\n", 400},
      {"4;\x01\r\nWiki\r\n", 400},
      {"401\r\n", 413},
      {"400\r\n" + std::string(1024, 'a') + "\r\n1\r\n", 413},
      {"ffffffffffffffff\r\n", 413},
      {"4;" + std::string(2000, 'x'), 400},
      {"0\r\n" +
           []() {
             std::string trailers;
             for (int i = 0; i < 10; ++i)
               trailers += "T: " + std::string(1000, 't') + "\r\n";
             return trailers;
           }(),
       400},
  };
  for (const auto& [bytes, status] : cases)
    for (const std::size_t step : steps) {
      CAPTURE(bytes.substr(0, 40), step);
      const outcome o = feed(bytes, step);
      CHECK(o.end == state::refused);
      CHECK(o.status == status);
      CHECK(o.body.size() <= limit);
    }
}

} // namespace troupe::transports::test
