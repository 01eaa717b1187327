// The one place that knows toml++, and that catches what it throws.

#include "config/keys.hpp"
#include "config/load.hpp"
#include "config/suggestion.hpp"
#include "config/value_format.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace troupe::config {

namespace {

constexpr std::size_t file_bytes_max = 1_MiB;

std::string_view type_name(const toml::node& node) {
  switch (node.type()) {
  case toml::node_type::table:
    return "a table";
  case toml::node_type::array:
    return "an array";
  case toml::node_type::string:
    return "a string";
  case toml::node_type::integer:
    return "an integer";
  case toml::node_type::floating_point:
    return "a float";
  case toml::node_type::boolean:
    return "a boolean";
  default:
    return "a date or time";
  }
}

/// Reads a table: groups, keys and namespaces, with a line number for everything.
class toml_reader {
 public:
  toml_reader(loaded& into, std::string_view name) : into_{into}, name_{name} {}

  void read_root(const toml::table& root) {
    for (const auto& [name, node] : root) {
      if (name == "namespace" || name == "namespaces")
        read_namespaces(name.str(), node);
      else if (find_key(name.str()))
        read_key(std::string{name.str()}, node);
      else if (!group_doc(name.str()).empty())
        read_group(std::string{name.str()}, node);
      else
        refuse(name.source(), std::string{name.str()}, "no such key or group" + did_you_mean(name.str(), all_names()));
    }
  }

 private:
  // -- groups -----------------------------------------------------------------

  void read_group(const std::string& group, const toml::node& node) {
    const auto* table = node.as_table();
    if (!table)
      return refuse(node.source(), group, "wants a table ([" + group + "]), got " + std::string{type_name(node)});
    for (const auto& [name, child] : *table) {
      const auto full = group + "." + std::string{name.str()};
      if (find_key(full))
        read_key(full, child);
      else
        refuse(name.source(), full, "no such key" + did_you_mean(full, all_names()));
    }
  }

  void read_key(const std::string& name, const toml::node& node) {
    const auto& k = *find_key(name);
    if (auto result = read_value(k.allowed, node)) {
      k.set(into_.values, *result);
      into_.origins.insert_or_assign(name, at(node.source()));
    } else {
      refuse(node.source(), name, k.secret ? "is not a usable key" : result.error());
    }
  }

  // -- namespaces -------------------------------------------------------------

  void read_namespaces(std::string_view written, const toml::node& node) {
    const auto* tables = node.as_array();
    if (written == "namespaces" || !tables || !tables->is_homogeneous(toml::node_type::table))
      return refuse(node.source(), std::string{written}, "namespaces are written as [[namespace]]");
    for (const auto& table : *tables)
      read_namespace(*table.as_table());
  }

  void read_namespace(const toml::table& table) {
    name_space result;
    auto& origins = into_.namespace_origins.emplace_back();
    origins[""] = at(table.source());
    for (const auto& [name, node] : table) {
      const auto* k = find_namespace_key(name.str());
      const auto full = "namespace." + std::string{name.str()};
      if (!k) {
        refuse(name.source(), full, "no such key" + did_you_mean(full, namespace_names()));
      } else if (auto value = read_value(k->allowed, node)) {
        k->set(result, *value);
        origins[std::string{name.str()}] = at(node.source());
      } else {
        refuse(node.source(), full, value.error());
      }
    }
    if (!table.contains("pattern"))
      refuse(table.source(), "namespace.pattern", "every namespace needs one, such as \"room:*\"");
    into_.values.namespaces.push_back(std::move(result));
  }

  // -- values -----------------------------------------------------------------

  static read_result read_value(const domain& allowed, const toml::node& node) {
    const auto wrong_type = tl::unexpected("wants " + wanted(allowed) + ", got " + std::string{type_name(node)});
    const auto text = node.value_exact<std::string>();
    switch (allowed.kind) {
    case value_kind::flag:
      if (const auto flag = node.value_exact<bool>())
        return *flag;
      return wrong_type;
    case value_kind::bytes:
    case value_kind::duration:
      if (text)
        return read_text(allowed, *text);
      [[fallthrough]];
    case value_kind::count:
      if (const auto number = node.value_exact<std::int64_t>())
        return read_text(allowed, std::to_string(*number));
      return wrong_type;
    case value_kind::list:
      return read_list(allowed, node);
    case value_kind::text:
    case value_kind::choice:
      break;
    }
    return text ? read_text(allowed, *text) : read_result{wrong_type};
  }

  static read_result read_list(const domain& allowed, const toml::node& node) {
    std::vector<std::string> items;
    const auto* array = node.as_array();
    if (!array)
      return tl::unexpected("wants " + wanted(allowed) + ", got " + std::string{type_name(node)});
    for (const auto& item : *array) {
      const auto text = item.value_exact<std::string>();
      if (!text)
        return tl::unexpected("wants " + wanted(allowed) + ", got " + std::string{type_name(item)} + " in it");
      items.push_back(*text);
    }
    return checked(allowed, std::move(items));
  }

  // -- problems ---------------------------------------------------------------

  origin at(const toml::source_region& region) const {
    return {source::file, name_ + ":" + std::to_string(region.begin.line)};
  }

  void refuse(const toml::source_region& region, std::string key, std::string text) {
    into_.problems.push_back({at(region), std::move(key), std::move(text)});
  }

  static std::vector<std::string> all_names() {
    std::vector<std::string> names{"namespace"};
    for (const auto& k : keys()) {
      names.emplace_back(k.name);
      if (const auto group = group_of(k.name); !group.empty() && names.back() != group)
        names.emplace_back(group);
    }
    return names;
  }

  static std::vector<std::string> namespace_names() {
    std::vector<std::string> names;
    for (const auto& k : namespace_keys())
      names.push_back("namespace." + std::string{k.name});
    return names;
  }

  loaded& into_;
  std::string name_;
};

} // namespace

void read_toml(loaded& into, std::string_view toml, std::string_view name) {
  try {
    const auto root = toml::parse(toml, name);
    const auto before = static_cast<std::ptrdiff_t>(into.problems.size());
    toml_reader{into, name}.read_root(root);
    // toml++ hands out keys by name; an operator reads a file from its top.
    const auto line = [](const problem& p) { return std::stoul(p.at.where.substr(p.at.where.rfind(':') + 1)); };
    std::stable_sort(into.problems.begin() + before, into.problems.end(),
                     [&](const problem& a, const problem& b) { return line(a) < line(b); });
  } catch (const toml::parse_error& error) {
    const origin at{source::file, std::string{name} + ":" + std::to_string(error.source().begin.line)};
    into.problems.push_back({at, "", "not TOML: " + std::string{error.description()}});
  }
}

void read_file(loaded& into, const std::string& path) {
  const auto refuse = [&](const std::string& why) { into.problems.push_back({{source::file, path}, "", why}); };
  errno = 0;
  std::ifstream in{path, std::ios::binary};
  if (!in)
    return refuse(std::string{"cannot be read: "} + std::strerror(errno ? errno : EIO));
  std::string text(file_bytes_max + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || (in.fail() && !in.eof()))
    return refuse("cannot be read: it is no plain file");
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > file_bytes_max)
    return refuse("is larger than 1MiB");
  read_toml(into, text, path);
}

} // namespace troupe::config
