// What the wire can say is said by somebody: codes without a producer, and counters without a reader, are dead.

#include "tests/house/source_tree.hpp"

#include <catch2/catch.hpp>

#include <regex>
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

/// The names in the body that begins with a line containing `head`.
std::vector<std::string> enumerators(const source_file& file, std::string_view head) {
  static const std::regex name{R"(^\s*([a-z_]+)\s*(=[^,]*)?,)"};
  std::vector<std::string> all;
  bool inside = false;
  for (const auto& line : file.lines) {
    if (line.find(head) != std::string::npos)
      inside = true;
    else if (inside && line.find("};") != std::string::npos)
      return all;
    else if (std::smatch found; inside && std::regex_search(line, found, name))
      all.push_back(found[1]);
  }
  return all;
}

bool is_said(const std::vector<source_file>& files, const std::string& what) {
  const std::regex word{"\\b" + what + "\\b"};
  for (const auto& file : files)
    for (const auto& line : file.lines)
      if (line.find(what) != std::string::npos && std::regex_search(line, word))
        return true;
  return false;
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
  static const std::regex names{R"(^\s*(?:counter|by_transport<counter>) ([a-z_, ]+);)"};
  static const std::regex name{"[a-z_]+"};
  const auto metrics = std::vector{file_at("actors", "actors/endpoints/metrics_endpoint.cpp")};
  std::vector<source_file> rest;
  for (auto& file : sources("actors"))
    if (file.path != metrics.front().path && file.path != "actors/telemetry/counters.hpp")
      rest.push_back(std::move(file));
  std::size_t seen = 0;
  for (const auto& line : file_at("actors", "actors/telemetry/counters.hpp").lines) {
    std::smatch found;
    if (!std::regex_search(line, found, names))
      continue;
    const std::string list = found[1];
    for (auto at = std::sregex_iterator(list.begin(), list.end(), name); at != std::sregex_iterator(); ++at, ++seen) {
      INFO(at->str());
      CHECK(is_said(metrics, at->str()));
      CHECK(is_said(rest, at->str()));
    }
  }
  CHECK(seen >= 20);
}

} // namespace troupe::house
