#include "config/reload.hpp"

#include "config/keys.hpp"
#include "config/load.hpp"
#include "config/value_format.hpp"

#include <algorithm>
#include <utility>

namespace troupe::config {

namespace {

template <class Owner>
void compare(std::vector<change>& into, const basic_key<Owner>& k, const Owner& a, const Owner& b,
             const std::string& prefix) {
  const auto before = k.get(a), after = k.get(b);
  if (before == after)
    return;
  const auto text = [&k](const value& v) { return k.secret ? std::string{"********"} : write_plain(k.allowed, v); };
  into.push_back({prefix + std::string{k.name}, text(before), text(after), k.reload == on_reload::applies});
}

const name_space* with_pattern(const std::vector<name_space>& all, const std::string& pattern) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const name_space& n) { return n.pattern == pattern; });
  return found == all.end() ? nullptr : &*found;
}

void compare_namespaces(std::vector<change>& into, const settings& running, const settings& wanted) {
  for (const auto& old : running.namespaces) {
    const auto* now = with_pattern(wanted.namespaces, old.pattern);
    if (!now)
      into.push_back({"namespace " + old.pattern, old.pattern, "", false});
    else
      for (const auto& k : namespace_keys())
        compare(into, k, old, *now, "namespace " + old.pattern + " ");
  }
  for (const auto& now : wanted.namespaces)
    if (!with_pattern(running.namespaces, now.pattern))
      into.push_back({"namespace " + now.pattern, "", now.pattern, false});
}

} // namespace

std::vector<change> diff(const settings& running, const settings& wanted) {
  std::vector<change> result;
  for (const auto& k : keys())
    compare(result, k, running, wanted, "");
  compare_namespaces(result, running, wanted);
  return result;
}

settings reloaded(const settings& running, const settings& wanted) {
  auto result = running;
  for (const auto& k : keys())
    if (k.reload == on_reload::applies)
      k.set(result, k.get(wanted));
  for (auto& n : result.namespaces)
    if (const auto* now = with_pattern(wanted.namespaces, n.pattern))
      for (const auto& k : namespace_keys())
        if (k.reload == on_reload::applies)
          k.set(n, k.get(*now));
  return result;
}

std::vector<problem> contradictions(const settings& running, const loaded& wanted) {
  loaded taken;
  taken.origins = wanted.origins;
  taken.values = reloaded(running, wanted.values);
  const auto all = std::exchange(taken.values.namespaces, {}); // of these only those that were written
  for (std::size_t i = 0; i < wanted.values.namespaces.size(); ++i)
    if (const auto* runs = with_pattern(all, wanted.values.namespaces[i].pattern)) {
      taken.values.namespaces.push_back(*runs);
      taken.namespace_origins.push_back(i < wanted.namespace_origins.size() ? wanted.namespace_origins[i] : decltype(taken.namespace_origins)::value_type{});
      taken.namespace_origins.back().try_emplace("");
    }
  check_together(taken);
  return taken.problems;
}

} // namespace troupe::config
