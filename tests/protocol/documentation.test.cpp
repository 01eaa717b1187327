// docs/protocol.md says what the code does: its samples are those of the golden files, its tables are the code's.

#include "protocol/error_code.hpp"
#include "tests/protocol/golden_file.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <set>
#include <sstream>

namespace troupe::protocol::test {

namespace {

std::vector<std::string> page() {
  std::ifstream in(TROUPE_SOURCE_DIR "/docs/protocol.md");
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);)
    lines.push_back(line);
  return lines;
}

/// Lines of fenced blocks of JSON.
std::vector<std::string> samples_of(const std::vector<std::string>& lines) {
  std::vector<std::string> found;
  bool inside = false;
  for (const auto& line : lines) {
    if (line.starts_with("```"))
      inside = line == "```json";
    else if (inside)
      found.push_back(line);
  }
  return found;
}

/// The first two cells of the table rows below the heading `title`.
std::vector<std::pair<std::string, std::string>> table(const std::vector<std::string>& lines, std::string_view title) {
  std::vector<std::pair<std::string, std::string>> rows;
  bool inside = false;
  for (const auto& line : lines) {
    if (line.starts_with("## "))
      inside = line.substr(3) == title;
    if (!inside || !line.starts_with("| ") || line.starts_with("| code "))
      continue;
    std::istringstream cells(line);
    std::string bar, first;
    rows.emplace_back();
    cells >> bar >> rows.back().first >> bar >> rows.back().second;
  }
  return rows;
}

std::set<std::string> golden_json() {
  std::set<std::string> texts;
  for (const auto& file : golden_files("commands"))
    if (const auto json = file.sections.find("json"); json != file.sections.end())
      texts.insert(json->second);
  for (const auto& file : golden_files("server"))
    if (const auto frame = file.sections.find("ws_json"); frame != file.sections.end())
      texts.insert(frame->second.substr(frame->second.find("{\"")));
  return texts;
}

} // namespace

TEST_CASE("every sample of the protocol's page is a golden one") {
  const auto golden = golden_json();
  const auto shown = samples_of(page());
  CHECK(shown.size() >= 25);
  for (const auto& sample : shown) {
    INFO(sample);
    CHECK(golden.count(sample) == 1);
  }
}

TEST_CASE("the page's table of error codes is the code's") {
  const auto rows = table(page(), "Error codes");
  REQUIRE(rows.size() == static_cast<std::size_t>(error_code_count));
  for (int i = 0; i < error_code_count; ++i) {
    const auto code = static_cast<error_code>(i);
    CHECK(rows[static_cast<std::size_t>(i)].first == '`' + std::string(to_string(code)) + '`');
    CHECK(rows[static_cast<std::size_t>(i)].second == std::to_string(http_status(code)));
  }
}

TEST_CASE("the page's table of close codes is the code's") {
  using enum close_code;
  const std::vector<close_code> all{normal,   going_away,     protocol_error, bad_payload, too_large,
                                    internal, replaced, heartbeat_lost, overflow,       kicked, too_fast};
  const auto rows = table(page(), "Close codes");
  REQUIRE(rows.size() == all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(rows[i].first == std::to_string(static_cast<int>(all[i])));
    CHECK(rows[i].second == (may_retry(all[i]) ? "yes" : "no"));
  }
}

} // namespace troupe::protocol::test
