// docs/testing.md has a sample of each function of the kit; the page itself is compiled into this program, and run.

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// Names of functions that a header of the kit declares, at the beginning of a line, in a class or beside one.
std::set<std::string> functions_in(std::string text) {
  text = std::regex_replace(text, std::regex{R"(//[^\n]*)"}, "");
  std::set<std::string> names;
  const std::regex declared{R"(\n(?:  )?(?:\[\[nodiscard\]\] )?(?:friend |virtual |inline |static |explicit )*[\w:<>,&\* ]+?[ &\*](\w+)\([^\n]*)"};
  for (std::sregex_iterator at{text.begin(), text.end(), declared}, end; at != end; ++at)
    names.insert((*at)[1]);
  return names;
}

/// Words before a parenthesis or an angle bracket in the page's samples.
std::set<std::string> used_in(const std::string& page) {
  std::set<std::string> names;
  const std::regex used{R"((\w+)(?:<[\w:]+(?:<[\w:]+>)?>)?[\(\{])"};
  for (std::sregex_iterator at{page.begin(), page.end(), used}, end; at != end; ++at)
    names.insert((*at)[1]);
  return names;
}

/// What test frameworks, templates of the kit and its own files call, not those who write tests.
const std::set<std::string> unseen{"as_payload",     "values_of",        "begin",           "end",
                                   "bool",           "present_object",   "channel_client",  "channel_tester",
                                   "node_client",    "store_under_test", "heard_values",    "finding",
                                   "node_under_test", "channel_under_test", "unmet",        "requires",
                                   "settings_in"};

} // namespace

TEST_CASE("each function of the kit has a sample in its guide") {
  const std::filesystem::path top{TROUPE_SOURCE_DIR};
  const auto used = used_in(text_of(top / "docs/testing.md"));
  std::size_t seen = 0;
  for (const auto& header : std::filesystem::directory_iterator(top / "include/troupe/testing"))
    for (const auto& name : functions_in(text_of(header.path()))) {
      if (unseen.count(name) != 0)
        continue;
      ++seen;
      INFO(header.path() << " declares " << name);
      CHECK(used.count(name) == 1);
    }
  CHECK(seen > 60);
}
