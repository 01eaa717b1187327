// What a reader may rely on in every file of the tree.

#include "tests/house/source_tree.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cctype>
#include <filesystem>

namespace troupe::house {

namespace {

constexpr std::size_t lines_max = 400;

const std::vector<std::string_view> folders{"actors",   "bench",   "clients",  "cmake",  "config", "docs", "examples",
                                            "include", "protocol", "script", "server", "testing", "tests", "transports"};

const std::vector<std::string_view> written{".cpp", ".hpp", ".js", ".py", ".html", ".css", ".md", ".cmake", ".txt"};

std::string in_lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

/// In two halves, so that this file may be read, too.
const std::vector<std::string> unfinished{"to"
                                          "do",
                                          "fix"
                                          "me",
                                          "x"
                                          "xx",
                                          "st"
                                          "ub",
                                          "not imple"
                                          "mented"};

} // namespace

TEST_CASE("a source file has less than 400 lines") {
  for (const auto folder : folders)
    for (const auto& file : files(folder, {".cpp", ".hpp", ".js", ".py"})) {
      INFO(file.path);
      CHECK(file.lines.size() < lines_max);
    }
}

TEST_CASE("nothing is called unfinished in its own words") {
  for (const auto folder : folders)
    for (const auto& file : files(folder, written))
      for (std::size_t i = 0; i < file.lines.size(); ++i)
        for (const auto& word : unfinished)
          if (file.lines[i].find("501") == std::string::npos && has_word(in_lower_case(file.lines[i]), word))
            FAIL_CHECK(file.path << ':' << i + 1 << " says " << word);
}

TEST_CASE("random tests have their seed from where it is printed and can be given") {
  for (const auto& file : sources("tests")) {
    if (file.path == "tests/seed.cpp" || file.path.ends_with(".fuzz.cpp") || file.path.starts_with("tests/house/"))
      continue;
    bool draws = false, has_seed = false;
    for (const auto& line : file.lines) {
      INFO(file.path << ": " << line);
      CHECK(line.find("random_device") == std::string::npos);
      CHECK(line.find("GENERATE(take(") == std::string::npos); // Catch2's generators have the seed of Catch2: the same each run
      draws = draws || line.find("std::mt19937 ") != std::string::npos;
      has_seed = has_seed || line.find("tests/seed.hpp") != std::string::npos;
    }
    INFO(file.path);
    CHECK((!draws || has_seed || file.path.ends_with(".hpp")));
  }
}

TEST_CASE("every folder says what it is for") {
  for (const auto folder : folders) {
    INFO(folder);
    CHECK(std::filesystem::exists(top() / folder / "README.md"));
  }
  for (const auto& room : std::filesystem::directory_iterator(top() / "actors"))
    if (room.is_directory()) {
      INFO(room.path());
      CHECK(std::filesystem::exists(room.path() / "README.md"));
    }
}

} // namespace troupe::house
