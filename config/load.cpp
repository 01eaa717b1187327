#include "config/load.hpp"

#include "config/keys.hpp"
#include "config/suggestion.hpp"
#include "config/value_format.hpp"

#include <algorithm>
#include <filesystem>

namespace troupe::config {

namespace {

/// The variable that is no key: the file to read. The command line has looked at it.
constexpr std::string_view file_variable = "TROUPE_CONFIG";

/// Kubernetes and Docker put these into the environment for each service called `troupe`, `troupe-chat`, …: nobody wrote
/// them for us. `TROUPE_LISTEN_PORT` is a key, too, and tells itself apart by its value.
bool is_service_link(std::string_view name, std::string_view text) {
  const bool address = text.starts_with("tcp://") || text.starts_with("udp://") || text.starts_with("sctp://");
  return (name.ends_with("_PORT") && address) || name.find("_PORT_") != std::string_view::npos ||
         name.find("_SERVICE_HOST") != std::string_view::npos || name.find("_SERVICE_PORT") != std::string_view::npos;
}

const key* find_by_variable(std::string_view name) {
  const auto found =
      std::find_if(keys().begin(), keys().end(), [name](const key& k) { return environment_name(k.name) == name; });
  return found == keys().end() ? nullptr : &*found;
}

std::vector<std::string> variable_names() {
  std::vector<std::string> names{std::string{file_variable}};
  for (const auto& k : keys())
    names.push_back(environment_name(k.name));
  return names;
}

void read_one(loaded& into, const key& k, const std::string& text, origin at) {
  if (auto result = read_text(k.allowed, text)) {
    k.set(into.values, *result);
    into.origins.insert_or_assign(std::string{k.name}, std::move(at));
  } else {
    const bool hush = k.secret;
    into.problems.push_back({std::move(at), std::string{k.name}, hush ? "is not a usable key" : result.error()});
  }
}

} // namespace

std::string to_string(const problem& p) {
  const bool said = p.key.empty() || p.at.where == "--" + p.key;
  return p.at.where + ": " + (said ? "" : p.key + ": ") + p.text;
}

void read_code(loaded& into, const std::vector<coded_value>& code, source as) {
  std::vector<std::string> names;
  for (const auto& k : keys())
    names.emplace_back(k.name);
  for (const auto& [name, given, where] : code) {
    const auto* k = find_key(name);
    const auto* items = std::get_if<std::vector<std::string>>(&given);
    if (!k)
      into.problems.push_back({{as, where}, name, "no such key" + did_you_mean(name, names)});
    else if (!items)
      read_one(into, *k, std::get<std::string>(given), {as, where});
    else if (auto result = k->allowed.kind == value_kind::list
                               ? checked(k->allowed, *items)
                               : read_result{tl::unexpected("wants " + wanted(k->allowed) + ", got a list")})
      k->set(into.values, *result), into.origins.insert_or_assign(name, origin{as, where});
    else
      into.problems.push_back({{as, where}, name, result.error()});
  }
}

void read_environment(loaded& into, const named_texts& environment) {
  for (const auto& [name, text] : environment) {
    if (!name.starts_with("TROUPE_") || is_service_link(name, text) || name == file_variable)
      continue;
    const origin at{source::environment, name};
    if (const auto* k = find_by_variable(name))
      read_one(into, *k, text, at);
    else
      into.remarks.push_back({at, "", "passed over: no such variable" + did_you_mean(name, variable_names())});
  }
}

void read_flags(loaded& into, const named_texts& flags) {
  for (const auto& [name, text] : flags) {
    const origin at{source::flag, "--" + name};
    if (const auto* k = find_key(name))
      read_one(into, *k, text, at);
    else
      into.problems.push_back({at, "", "no such flag"});
  }
}

loaded load(const sources& from) {
  loaded result;
  read_code(result, from.code, source::code);
  for (const auto& [name, text] : from.files) {
    if (text)
      read_toml(result, *text, name);
    else
      read_file(result, name);
  }
  read_environment(result, from.environment);
  read_flags(result, from.flags);
  read_code(result, from.forced, source::flag);
  check_together(result);
  return result;
}

loaded load_text(std::string_view toml, std::string_view name) {
  loaded result;
  read_toml(result, toml, name);
  check_together(result);
  return result;
}

void check_paths(loaded& what) {
  std::error_code unknown;
  const auto refuse = [&what](std::string_view name, const std::string& path, const char* why) {
    what.problems.push_back({what.origin_of(name), std::string{name}, path + " " + why});
  };
  if (const auto& dir = what.values.pages.dir; !dir.empty() && !std::filesystem::is_directory(dir, unknown))
    refuse("static.dir", dir, std::filesystem::exists(dir, unknown) ? "is no directory" : "does not exist");
  if (const auto& file = what.values.api.key_file; !file.empty() && !std::filesystem::exists(file, unknown))
    refuse("api.key_file", file, "does not exist");
}

named_texts environment_of(const char* const* strings) {
  named_texts result;
  for (; strings && *strings; ++strings) {
    const std::string_view line{*strings};
    const auto equals = line.find('=');
    if (equals != std::string_view::npos)
      result.emplace_back(line.substr(0, equals), line.substr(equals + 1));
  }
  return result;
}

} // namespace troupe::config
