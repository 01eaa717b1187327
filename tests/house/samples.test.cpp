// What an application may call stands in a sample of the guides; those are compiled and run.

#include "tests/house/source_tree.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

namespace troupe::house {

namespace {

/// The code of the pages' samples, as one text.
std::string samples() {
  std::string all;
  for (const auto& page : files("docs", {".md"})) {
    bool inside = false;
    for (const auto& line : page.lines)
      if (line.starts_with("```"))
        inside = line == "```cpp";
      else if (inside)
        all += line + '\n';
  }
  return all;
}

/// The function that is declared in a line of a class or a namespace; empty: none.
std::string_view declared(std::string_view line) {
  const auto indent = std::min(line.find_first_not_of(' '), line.size());
  line.remove_prefix(indent);
  const auto paren = line.find('(');
  if (indent > 2 || paren == std::string_view::npos || line.starts_with("//") || line.starts_with('#') || line.starts_with(':'))
    return {};
  auto begin = paren;
  while (begin > 0 && stands_in_names(line[begin - 1]))
    --begin;
  const auto name = line.substr(begin, paren - begin);
  const bool has_type = begin > 0 && std::string_view{" *&"}.find(line[begin - 1]) != std::string_view::npos;
  const bool is_code = line.starts_with("return ") || line.starts_with("if ") || line.starts_with("using ") ||
                       line.starts_with("explicit ") || name == "requires";
  return has_type && !is_code && line.find("operator") > paren ? name : std::string_view{};
}

/// The functions of a header that are neither private nor the library's own.
std::set<std::string> callable(const source_file& header) {
  std::set<std::string> names;
  bool hidden = false;
  for (const std::string_view line : header.lines) {
    if (line == " private:" || line.find("// -- used by the library") != std::string_view::npos)
      hidden = true;
    else if (line == "};" || line == " public:" || line == " protected:" || line.starts_with("  // -- "))
      hidden = false;
    else if (const auto name = declared(line); !name.empty() && !hidden)
      names.emplace(name);
  }
  return names;
}

} // namespace

TEST_CASE("what an application may call stands in a sample") {
  // called by the kit's own headers and by who derives from its classes
  const std::set<std::string_view> unseen{"as_payload", "values_of", "present_object", "settings_in", "read_past"};
  const std::set<std::string_view> authors{"actor_client.hpp", "channel.hpp", "channel_of.hpp", "delivery.hpp", "handshake.hpp",
                                           "metrics.hpp", "node.hpp", "node_settings.hpp", "outlet.hpp",
                                           "past.hpp", "raw_mount.hpp", "request.hpp", "route.hpp"};
  const auto code = samples();
  std::size_t functions = 0;
  for (const auto& header : files("include/troupe", {".hpp"})) {
    const std::string_view file = std::string_view(header.path).substr(header.path.rfind('/') + 1);
    const bool is_kit = header.path.find("/testing/") != std::string::npos;
    const bool is_authors = authors.contains(file);
    if (!is_kit && !is_authors)
      continue;
    for (const auto& name : callable(header)) {
      if (unseen.contains(name))
        continue;
      INFO(header.path << ": " << name);
      CHECK(has_word(code, name));
      ++functions;
    }
  }
  CHECK(functions > 150);
}

} // namespace troupe::house
