#pragma once
/// Namespaces that a program describes beside its classes: the file has the last word on each of their keys.
/// Pure; thread: any.

#include "config/key.hpp"
#include "config/loaded.hpp"

#include <string>
#include <utility>
#include <vector>

namespace troupe::config {

/// One of them. A value.
struct coded_namespace {
  using values = std::vector<std::pair<std::string, value>>; ///< key of a namespace, and what it shall be

  std::string pattern;
  channel_kind kind = channel_kind::application;
  values said{};    ///< in force unless the file says that key of that pattern
  values implied{}; ///< in force unless the file has that pattern
  std::string where = "the program"; ///< main.cpp:12
};

/// Adds what `code` says to `into`, and to its problems what of it is out of range or contradicts the rest.
/// Namespaces of `into` without origins (made by hand, not read) are left as they are.
void add_coded(loaded& into, const std::vector<coded_namespace>& code);

} // namespace troupe::config
