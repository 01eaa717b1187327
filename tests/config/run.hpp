#pragma once
/// Runs a command line against an environment that holds nothing but what a test says.

#include "config/command_line.hpp"
#include "config/load.hpp"

#include <fstream>
#include <sstream>

namespace troupe::config {

struct run_result {
  command_line line;
  std::optional<int> status;
  std::string out, err;
};

inline run_result run(std::vector<std::string> arguments, const std::vector<std::string>& environment = {}) {
  arguments.insert(arguments.begin(), "troupe");
  std::vector<const char*> argv, envp;
  for (const auto& a : arguments)
    argv.push_back(a.c_str());
  for (const auto& e : environment)
    envp.push_back(e.c_str());
  envp.push_back(nullptr);
  run_result result{parse(static_cast<int>(argv.size()), argv.data(), envp.data()), {}, {}, {}};
  std::ostringstream out, err;
  result.status = run_command(result.line, out, err);
  result.out = out.str();
  result.err = err.str();
  return result;
}

/// All problems of a configuration text called `t.toml`, a line each.
inline std::string refusals(std::string_view toml) {
  std::string result;
  for (const auto& p : load_text(toml, "t.toml").problems)
    result += to_string(p) + "\n";
  return result;
}

inline std::string text_of_file(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

} // namespace troupe::config
