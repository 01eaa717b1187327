#include "config/namespaces.hpp"

#include <catch2/catch.hpp>

using namespace troupe::config;

namespace {

std::vector<name_space> with_patterns(std::initializer_list<const char*> patterns) {
  std::vector<name_space> all;
  for (const auto* p : patterns)
    all.emplace_back().pattern = p;
  return all;
}

std::string found(const std::vector<name_space>& all, std::string_view channel) {
  const auto* n = find_namespace(all, channel);
  return n ? n->pattern : "none";
}

} // namespace

TEST_CASE("the longest matching pattern wins, whatever the order") {
  for (const auto& all : {with_patterns({"room:*", "room:vip:*"}), with_patterns({"room:vip:*", "room:*"})}) {
    CHECK(found(all, "room:42") == "room:*");
    CHECK(found(all, "room:vip:1") == "room:vip:*");
  }
}

TEST_CASE("a literal name beats every prefix") {
  const auto all = with_patterns({"room:lobby*", "room:lobby", "room:*"});
  CHECK(found(all, "room:lobby") == "room:lobby");
  CHECK(found(all, "room:lobby2") == "room:lobby*");
}

TEST_CASE("what no pattern covers has no namespace") {
  CHECK(found(with_patterns({"room:*", "lobby"}), "lobby2") == "none");
  CHECK(found({}, "lobby") == "none");
  CHECK(found(with_patterns({"lobby", "*"}), "anything") == "*");
}

TEST_CASE("a prefix covers its bare self") { CHECK(covers("room:*", "room:")); }
