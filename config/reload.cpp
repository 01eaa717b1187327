#include "config/reload.hpp"

#include "config/keys.hpp"
#include "config/value_format.hpp"

#include <algorithm>

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
  return result;
}

} // namespace troupe::config
