#include "actors/telemetry/log_line.hpp"

#include <catch2/catch.hpp>

using namespace troupe::actors;

TEST_CASE("a topic holds the beginning of a reason only, which may quote a client; the line has all of it", "[watch]") {
  const std::string reason(5'000, 'x');
  for (const auto& line : {line_of(events::handler_failed{"room:1", "say", reason}),
                           line_of(events::mount_failed{"/m", "on_message", reason})}) {
    CHECK(line.text.find(reason) != std::string::npos);
    CHECK(line.topic.size() < 200);
    CHECK(line.topic.find("xxxx") != std::string::npos);
  }
}

TEST_CASE("failures that differ in what they quote at their end are one topic", "[watch]") {
  const auto topic = [](const std::string& reason) { return line_of(events::handler_failed{"room:1", "say", reason}).topic; };
  const std::string beginning(80, '-');
  CHECK(topic(beginning + "a") == topic(beginning + "b"));
  CHECK(topic("a") != topic("b"));
}
