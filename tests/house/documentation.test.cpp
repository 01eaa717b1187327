// What docs/article.md and docs/promises.md name as tests are tests, and links lead somewhere.

#include "tests/house/source_tree.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace troupe::house {

namespace {

/// Texts in backquotes in the last cell of the rows of a table.
std::vector<std::string> named_tests(const source_file& page) {
  std::vector<std::string> names;
  for (const std::string_view line : page.lines) {
    if (!line.starts_with("| ") || !line.ends_with('|'))
      continue;
    auto cell = line.substr(line.rfind('|', line.size() - 2) + 1);
    for (auto begin = cell.find('`'); begin != std::string_view::npos; begin = cell.find('`')) {
      cell.remove_prefix(begin + 1);
      const auto end = std::min(cell.find('`'), cell.size());
      names.emplace_back(cell.substr(0, end));
      cell.remove_prefix(std::min(end + 1, cell.size()));
    }
  }
  return names;
}

bool is_test(const std::string& name, const std::vector<source_file>& tests) {
  return std::any_of(tests.begin(), tests.end(), [&](const auto& file) {
    return std::any_of(file.lines.begin(), file.lines.end(),
                       [&](const auto& line) { return line.find('"' + name + '"') != std::string::npos; });
  });
}

/// Targets of `[text](target)` that are files of this tree, without `#fragment`.
std::vector<std::string> links(const source_file& page) {
  std::vector<std::string> targets;
  bool in_code = false;
  for (const auto& line : page.lines) {
    in_code ^= line.starts_with("```");
    for (auto at = line.find("]("); at != std::string::npos && !in_code; at = line.find("](", at + 1)) {
      const auto target = line.substr(at + 2, line.find_first_of(")#", at + 2) - at - 2);
      if (!target.empty() && target.find("://") == std::string::npos)
        targets.push_back(target);
    }
  }
  return targets;
}

} // namespace

TEST_CASE("every test that the documentation names is one") {
  const auto tests = files("tests", {".test.cpp", ".test.js", ".test.mjs"});
  for (const auto& page : files("docs", {"article.md", "promises.md"})) {
    const auto names = named_tests(page);
    CHECK(names.size() > 10);
    for (const auto& name : names)
      if (!is_test(name, tests))
        FAIL_CHECK(page.path << " names a test that is none: " << name);
  }
}

TEST_CASE("links of the documentation lead somewhere") {
  for (const auto& page : files("", {".md"}))
    for (const auto& target : links(page)) {
      INFO(page.path << " links to " << target);
      CHECK(std::filesystem::exists((top() / page.path).parent_path() / target));
    }
}

} // namespace troupe::house
