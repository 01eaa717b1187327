#include "actors/telemetry/line_topics.hpp"

#include <catch2/catch.hpp>

using namespace troupe::actors;
using namespace std::chrono_literals;

namespace {

log_line about(std::string topic, std::string text = "something") {
  return {log_level::warning, std::move(text), std::move(topic)};
}

const line_topics::time_point start{1h};

} // namespace

TEST_CASE("lines without a topic are all written", "[watch]") {
  line_topics topics;
  for (int i = 0; i < 3; ++i)
    REQUIRE(topics.admit(about(""), start));
  REQUIRE(topics.empty());
}

TEST_CASE("of a topic one line is written in each pause, and then how many more there were", "[watch]") {
  line_topics topics;
  REQUIRE(topics.admit(about("a", "a first"), start));
  for (int i = 0; i < 5; ++i)
    REQUIRE_FALSE(topics.admit(about("a"), start + 1s));
  REQUIRE(topics.admit(about("b"), start + 1s));
  REQUIRE(topics.summaries(start + 2s).empty());
  const auto told = topics.summaries(start + line_topics::pause);
  REQUIRE(told.size() == 1);
  REQUIRE(told[0].text == "a first (and 5 more like it)");
  REQUIRE(told[0].level == log_level::warning);
  REQUIRE(topics.summaries(start + 3 * line_topics::pause).empty());
  REQUIRE(topics.empty());
  REQUIRE(topics.admit(about("a"), start + 4 * line_topics::pause));
}

TEST_CASE("topics that a flood invents take a bounded room, and each line is counted", "[watch]") {
  line_topics topics;
  std::size_t written = 0;
  constexpr std::size_t flood = line_topics::topics_max + 500;
  for (std::size_t i = 0; i < flood; ++i)
    written += topics.admit(about("t" + std::to_string(i)), start) ? 1 : 0;
  REQUIRE(written == line_topics::topics_max + 1);
  const auto told = topics.summaries(start + line_topics::pause);
  REQUIRE(told.size() == 1);
  REQUIRE(told[0].text.find("(and 499 more like it)") != std::string::npos);
}
