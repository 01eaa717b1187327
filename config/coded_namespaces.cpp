#include "config/coded_namespaces.hpp"

#include "config/keys.hpp"
#include "config/load.hpp"
#include "config/value_format.hpp"

#include <algorithm>

namespace troupe::config {

namespace {

using origins_by_key = std::map<std::string, origin, std::less<>>;

/// Takes over what is said where nothing stands yet.
void fill(loaded& into, name_space& to, origins_by_key& origins, const coded_namespace& from,
          const coded_namespace::values& said) {
  const origin at{source::code, from.where};
  for (const auto& [name, given] : said) {
    const auto* k = find_namespace_key(name);
    if (!k || origins.contains(name))
      continue;
    if (auto result = checked(k->allowed, given)) {
      k->set(to, *result);
      origins.insert_or_assign(name, at);
    } else {
      into.problems.push_back({at, "namespace." + name, result.error()});
    }
  }
}

void add_new(loaded& into, const coded_namespace& from) {
  const origin at{source::code, from.where};
  name_space made;
  made.pattern = from.pattern;
  made.kind = from.kind;
  origins_by_key origins{{"", at}, {"pattern", at}, {"kind", at}};
  fill(into, made, origins, from, from.said);
  fill(into, made, origins, from, from.implied);
  into.values.namespaces.push_back(std::move(made));
  into.namespace_origins.push_back(std::move(origins));
}

} // namespace

void add_coded(loaded& into, const std::vector<coded_namespace>& code) {
  auto& all = into.values.namespaces;
  into.namespace_origins.resize(all.size()); // empty: of one that was made by hand
  for (const auto& from : code) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& n) { return n.pattern == from.pattern; });
    if (found == all.end()) {
      add_new(into, from);
      continue;
    }
    const auto index = static_cast<std::size_t>(found - all.begin());
    auto& origins = into.namespace_origins[index];
    if (origins.empty())
      continue;
    if (!origins.contains("kind")) {
      found->kind = from.kind;
      origins.insert_or_assign("kind", origin{source::code, from.where});
    }
    fill(into, *found, origins, from, from.said);
  }
  check_namespaces(into);
}

} // namespace troupe::config
