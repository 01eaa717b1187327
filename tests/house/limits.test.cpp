// docs/limits.md lists every limit: what it is by default, what happens at it, and what counts that.

#include "tests/house/source_tree.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace troupe::house {

namespace {

struct row {
  std::size_t line = 0;
  std::vector<std::string> cells; ///< name, default, bounds, outcome, counter
};

std::string trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(' ');
  return begin == std::string_view::npos ? "" : std::string{text.substr(begin, text.find_last_not_of(' ') + 1 - begin)};
}

std::vector<std::string> cells(std::string_view line) {
  std::vector<std::string> all;
  for (auto at = line.find('|'); at != std::string_view::npos;) {
    const auto end = line.find('|', at + 1);
    if (end != std::string_view::npos)
      all.push_back(trimmed(line.substr(at + 1, end - at - 1)));
    at = end;
  }
  return all;
}

/// What stands between back quotes.
std::vector<std::string> back_quoted(std::string_view text) {
  std::vector<std::string> all;
  for (auto at = text.find('`'); at != std::string_view::npos;) {
    const auto end = text.find('`', at + 1);
    if (end == std::string_view::npos)
      break;
    all.emplace_back(text.substr(at + 1, end - at - 1));
    at = text.find('`', end + 1);
  }
  return all;
}

/// The rows of the page by the limit's name.
std::map<std::string, row> listed() {
  std::map<std::string, row> all;
  for (const auto& page : files("docs", {"limits.md"}))
    for (std::size_t i = 0; i < page.lines.size(); ++i)
      if (page.lines[i].starts_with("| `")) {
        auto c = cells(page.lines[i]);
        INFO("docs/limits.md:" << i + 1);
        REQUIRE(c.size() == 5);
        const auto name = back_quoted(c[0]).front();
        CHECK(all.emplace(name, row{i + 1, std::move(c)}).second);
      }
  return all;
}

/// Keys of config/troupe.toml with their defaults, those of a namespace as `namespace.x`.
std::map<std::string, std::string> defaults() {
  std::map<std::string, std::string> all;
  std::string section;
  for (const auto& file : files("config", {"troupe.toml"}))
    for (std::string_view line : file.lines) {
      if (line.starts_with("# [[namespace]]"))
        section = "namespace.";
      else if (line.starts_with('['))
        section = std::string{line.substr(1, line.find(']') - 1)} + '.';
      if (section == "namespace." && line.starts_with("# "))
        line.remove_prefix(2);
      const auto equal = line.find(" = ");
      if (equal == std::string_view::npos || line.substr(0, equal).find(' ') != std::string_view::npos)
        continue;
      auto value = std::string{line.substr(equal + 3)};
      value.erase(std::remove(value.begin(), value.end(), '"'), value.end());
      all.emplace(section + std::string{line.substr(0, equal)}, std::move(value));
    }
  return all;
}

/// All that product code says, in one text.
std::string product() {
  std::string all;
  for (const std::string_view room : {"actors", "transports", "protocol"})
    for (const auto& file : sources(room))
      for (const auto& line : file.lines)
        all += line + '\n';
  return all;
}

} // namespace

TEST_CASE("every limit that can be set is listed with its default") {
  const auto list = listed();
  const auto keys = defaults();
  CHECK(keys.size() > 50);
  for (const auto& [key, value] : keys) {
    if (!key.starts_with("limits.") && !key.starts_with("namespace.history_"))
      continue;
    INFO("docs/limits.md says nothing of " << key);
    CHECK(list.count(key) == 1);
    if (list.count(key) == 1)
      CHECK(list.at(key).cells[1] == value);
  }
}

TEST_CASE("every limit that is listed is one, has an outcome, and what counts it exists") {
  const auto keys = defaults();
  const auto code = product();
  for (const auto& [name, r] : listed()) {
    INFO("docs/limits.md:" << r.line << " " << name);
    if (name.find('.') != std::string::npos) {
      CHECK(keys.count(name) == 1);
      if (keys.count(name) == 1)
        CHECK(keys.at(name) == r.cells[1]);
    } else {
      CHECK(code.find(name + " = ") != std::string::npos); // fixed in the code
    }
    CHECK_FALSE(r.cells[2].empty());
    CHECK_FALSE(r.cells[3].empty());
    const auto counters = back_quoted(r.cells[4]);
    CHECK((!counters.empty() || r.cells[4].size() > 10)); // or why nothing counts it
    for (auto counter : counters) {
      INFO(counter);
      if (counter == "limits_passed") {
        CHECK(code.find('"' + name + '"') != std::string::npos);
        continue;
      }
      REQUIRE(counter.starts_with("troupe_"));
      counter.erase(0, std::string_view("troupe_").size());
      if (counter.ends_with("_total"))
        counter.erase(counter.size() - std::string_view("_total").size());
      CHECK((code.find("{\"" + counter + "\"") != std::string::npos ||
             code.find("\"troupe_" + counter) != std::string::npos));
    }
  }
}

TEST_CASE("every limit whose passing is announced is listed as counted so") {
  const auto list = listed();
  const auto code = product();
  const std::string_view begin = "limit_passed{\"";
  for (auto at = code.find(begin); at != std::string::npos; at = code.find(begin, at + 1)) {
    const auto from = at + begin.size();
    const auto name = code.substr(from, code.find('"', from) - from);
    INFO("docs/limits.md should say that passing " << name << " is counted by `limits_passed`");
    CHECK(list.count(name) == 1);
    if (list.count(name) == 1)
      CHECK(list.at(name).cells[4].find("`limits_passed`") != std::string::npos);
  }
}

} // namespace troupe::house
