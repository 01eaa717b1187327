// What the wire can say is said by somebody: codes without a producer, and counters without a reader, are dead.

#include "tests/house/source_tree.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <ranges>
#include <string>
#include <vector>

namespace troupe::house {

namespace {

source_file file_at(std::string_view folder, std::string_view path) {
  for (auto& file : sources(folder))
    if (file.path == path)
      return file;
  FAIL("no such file: " << path);
  return {};
}

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  return first == std::string_view::npos ? "" : std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

/// The names in the body that begins with a line containing `head`: one in a line, `name,` or `name = value,`.
std::vector<std::string> enumerators(const source_file& file, std::string_view head) {
  std::vector<std::string> all;
  bool inside = false;
  for (const auto& line : file.lines) {
    if (line.find(head) != std::string::npos)
      inside = true;
    else if (inside && line.find("};") != std::string::npos)
      return all;
    else if (const auto comma = line.find(','); inside && comma != std::string::npos) {
      const auto name = trimmed(std::string_view(line).substr(0, std::min(comma, line.find('='))));
      if (!name.empty() && std::ranges::all_of(name, stands_in_names))
        all.push_back(name);
    }
  }
  return all;
}

bool is_said(const std::vector<source_file>& files, std::string_view what) {
  return std::ranges::any_of(files, [what](const auto& file) {
    return std::ranges::any_of(file.lines, [what](const auto& line) { return has_word(line, what); });
  });
}

/// `counter a, b;` declares the counters a and b.
std::vector<std::string> counters_declared(std::string_view line) {
  std::vector<std::string> names;
  auto text = trimmed(line);
  for (const std::string_view type : {"by_transport<counter> ", "counter "}) {
    const auto end = text.find(';');
    if (!text.starts_with(type) || end == std::string::npos)
      continue;
    for (const auto name : std::views::split(std::string_view(text).substr(type.size(), end - type.size()), ','))
      names.push_back(trimmed({name.begin(), name.end()}));
  }
  return names;
}

std::vector<source_file> producers() {
  std::vector<source_file> all;
  for (const auto folder : {"actors", "protocol", "transports"})
    for (auto& file : sources(folder))
      if (file.path != "protocol/error_code.cpp" && file.path != "protocol/error_code.hpp")
        all.push_back(std::move(file));
  return all;
}

} // namespace

TEST_CASE("every error code is made by somebody") {
  const auto codes = enumerators(file_at("include", "include/troupe/error_code.hpp"), "enum class error_code");
  CHECK(codes.size() >= 16);
  const auto all = producers();
  for (const auto& code : codes) {
    INFO(code);
    CHECK(is_said(all, "error_code::" + code));
  }
}

TEST_CASE("every close code is made by somebody") {
  const auto codes = enumerators(file_at("protocol", "protocol/error_code.hpp"), "enum class close_code");
  CHECK(codes.size() >= 10);
  const auto all = producers();
  for (const auto& code : codes) {
    INFO(code);
    CHECK(is_said(all, "close_code::" + code));
  }
}

TEST_CASE("every counter of a shard is told by the metrics, and counted by somebody") {
  const auto metrics = std::vector{file_at("actors", "actors/endpoints/metrics_endpoint.cpp")};
  std::vector<source_file> rest;
  for (auto& file : sources("actors"))
    if (file.path != metrics.front().path && file.path != "actors/telemetry/counters.hpp")
      rest.push_back(std::move(file));
  std::size_t seen = 0;
  for (const auto& line : file_at("actors", "actors/telemetry/counters.hpp").lines)
    for (const auto& name : counters_declared(line)) {
      INFO(name);
      ++seen;
      CHECK(is_said(metrics, name));
      CHECK(is_said(rest, name));
    }
  CHECK(seen >= 20);
}

} // namespace troupe::house
