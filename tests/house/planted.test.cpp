// The faults that script/plant plants are ones that can be planted.

#include "tests/house/source_tree.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <string>

namespace troupe::house {

namespace {

/// What stands between the quotes of `key = "…"`, as TOML's basic strings are written.
std::string value(std::string_view line) {
  const auto begin = line.find('"');
  std::string text;
  for (auto i = begin + 1; i + 1 < line.size(); ++i)
    if (line[i] != '\\')
      text += line[i];
    else
      text += line[++i] == 'n' ? '\n' : line[i];
  return text;
}

std::vector<std::map<std::string, std::string>> faults() {
  std::vector<std::map<std::string, std::string>> all;
  for (const auto& list : files("tests/planted", {"faults.toml"}))
    for (const std::string_view line : list.lines) {
      if (line == "[[fault]]")
        all.emplace_back();
      else if (const auto equal = line.find(" = \""); equal != std::string_view::npos && !all.empty())
        all.back().emplace(line.substr(0, equal), value(line.substr(equal)));
    }
  return all;
}

std::size_t occurrences(const source_file& in, const std::string& what) {
  std::string text;
  for (const auto& line : in.lines)
    text += line + '\n';
  std::size_t found = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
    ++found;
  return found;
}

} // namespace

TEST_CASE("each planted fault has one place in the code") {
  const auto all = faults();
  CHECK(all.size() >= 20);
  for (const auto& fault : all) {
    INFO(fault.at("name") << " in " << fault.at("file"));
    const auto& path = fault.at("file");
    const auto slash = path.rfind('/');
    std::size_t places = 0;
    for (const auto& file : files(path.substr(0, slash), {path.substr(slash + 1)}))
      places += file.path == path ? occurrences(file, fault.at("find")) : 0;
    CHECK(places == 1);
    CHECK(fault.at("find") != fault.at("put"));
  }
}

TEST_CASE("each planted fault has its row in the page, with what caught it") {
  const auto pages = files("docs", {"planted-faults.md"});
  REQUIRE(pages.size() == 1);
  for (const auto& fault : faults()) {
    const auto begin = "| " + fault.at("name") + " | `" + fault.at("file") + "` | ";
    INFO(begin);
    const auto& rows = pages.front().lines;
    CHECK(std::any_of(rows.begin(), rows.end(), [&](const std::string& row) {
      return row.starts_with(begin) && row.find("**nothing**") == std::string::npos;
    }));
  }
}

} // namespace troupe::house
