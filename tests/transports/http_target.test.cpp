#include "transports/http_target.hpp"

#include <catch2/catch.hpp>

namespace troupe::transports::test {

namespace {

using pairs = std::vector<std::pair<std::string, std::string>>;

http_target parse(std::string_view text) {
  http_target target;
  const auto refusal = parse_http_target("GET", text, target);
  CAPTURE(text);
  REQUIRE(!refusal);
  return target;
}

} // namespace

TEST_CASE("a target is a decoded path and decoded parameters in order") {
  const auto t = parse("/a%20b/%C3%BC?channel=room%3A1&channel=b+c&flag&x=&&y=a=b");
  CHECK(t.path == "/a b/\xc3\xbc");
  CHECK(t.query == pairs{{"channel", "room:1"}, {"channel", "b c"}, {"flag", ""}, {"x", ""}, {"y", "a=b"}});
  CHECK(parse("/+").path == "/+"); // only in a query is it a space
  CHECK(parse("/").query.empty());
  CHECK(parse("/?").query.empty());
}

TEST_CASE("the authority of an absolute target is told apart from the path") {
  const auto t = parse("http://example.org:8080/a?b=c");
  CHECK(t.authority == "example.org:8080");
  CHECK(t.path == "/a");
  CHECK(t.query == pairs{{"b", "c"}});
  CHECK(parse("http://example.org").path == "/");
  CHECK(parse("https://example.org?a=b").query == pairs{{"a", "b"}});
  CHECK(parse("HTTP://example.org/a").path == "/a"); // RFC 3986 section 3.1: whatever its case
}

TEST_CASE("targets that are no path are refused") {
  for (const char* text : {"a",          "ftp://x/", "http://", "http:///a", "http://u@h/", "/a#b",           "/%",
                           "/%2",        "/%zz",     "/%00",    "/%0a",      "/%7f",        "/%ff",           "/%c3",
                           "/%ed%a0%80", "/?a=%",    "/?%00=b", "/?a=%80",   "*",           "example.org:443"}) {
    CAPTURE(text);
    http_target target;
    const auto refusal = parse_http_target("GET", text, target);
    REQUIRE(refusal);
    CHECK(refusal->status == 400);
  }
  http_target target;
  CHECK(!parse_http_target("OPTIONS", "*", target));
  CHECK(target.path == "*");
}

TEST_CASE("a query has a bounded number of parameters") {
  std::string text = "/?a";
  for (std::size_t i = 1; i < query_parameters_max; ++i)
    text += "&a";
  CHECK(parse(text).query.size() == query_parameters_max);
  http_target target;
  CHECK(parse_http_target("GET", text + "&a", target));
}

} // namespace troupe::transports::test
