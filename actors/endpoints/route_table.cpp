#include "actors/endpoints/route_table.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace troupe::actors {

namespace {

constexpr std::array<std::string_view, 5> methods{"GET", "POST", "PUT", "PATCH", "DELETE"};

bool is_name(std::string_view segment) { return segment.starts_with('{'); }

std::vector<std::string> segments_of(std::string_view path) {
  std::vector<std::string> all;
  for (path.remove_prefix(1);;) {
    const auto end = path.find('/');
    all.emplace_back(path.substr(0, end));
    if (end == std::string_view::npos)
      return all;
    path.remove_prefix(end + 1);
  }
}

void check_segment(std::string_view segment, std::vector<std::string_view>& names) {
  constexpr std::string_view unreserved = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
  const auto text = is_name(segment) && segment.ends_with('}') ? segment.substr(1, segment.size() - 2) : segment;
  if (text.find_first_not_of(unreserved) != std::string_view::npos || text == "." || text == "..")
    throw std::invalid_argument("`" + std::string{segment} + "` is no part of a path: letters, digits, - . _ ~, or {name}");
  if (text.size() == segment.size())
    return;
  if (text.empty() || std::find(names.begin(), names.end(), text) != names.end())
    throw std::invalid_argument("`" + std::string{segment} + "` is no name, or is there twice");
  names.push_back(text);
}

/// A file system takes `..` for a name, too: no handler that opens what it is called by shall be led out of its place.
bool stands_for_itself(std::string_view asked) { return !asked.empty() && asked != "." && asked != ".."; }

bool fits(const route_table::place& at, const std::vector<std::string>& path) {
  return std::equal(at.segments.begin(), at.segments.end(), path.begin(), path.end(),
                    [](const auto& mine, const auto& asked) { return is_name(mine) ? stands_for_itself(asked) : mine == asked; });
}

/// Names are all the same here.
std::vector<std::string> shape(const std::vector<std::string>& segments) {
  auto all = segments;
  for (auto& one : all)
    one = is_name(one) ? "~{" : one; // behind all that is literal
  return all;
}

} // namespace

bool is_own_path(std::string_view path) noexcept {
  for (const std::string_view one : {"/ws", "/events", "/poll", "/send", "/api", "/metrics", "/healthz", "/readyz"})
    if (path == one)
      return true;
  return path.starts_with("/api/") || path.starts_with("/observer") || path.starts_with("/troupe.");
}

// -- place --------------------------------------------------------------------

std::string route_table::place::allowed() const {
  std::string all;
  for (const auto& [method, handler] : methods)
    all += method + (method == "GET" ? ", HEAD, " : ", ");
  return all + "OPTIONS";
}

const http_handler* route_table::place::handler_of(std::string_view method) const {
  const auto found = methods.find(method == "HEAD" ? std::string_view{"GET"} : method);
  return found == methods.end() ? nullptr : &found->second;
}

http_call::fields route_table::place::parameters_of(std::string_view path) const {
  http_call::fields all;
  auto given = segments_of(path);
  for (std::size_t i = 0; i < segments.size(); ++i)
    if (is_name(segments[i]))
      all.emplace_back(segments[i].substr(1, segments[i].size() - 2), std::move(given[i]));
  return all;
}

// -- route_table --------------------------------------------------------------

void route_table::add(const std::string& method, const std::string& pattern, http_handler handler) {
  const auto refuse_route = [&](const std::string& why) {
    throw std::invalid_argument("route " + method + " " + pattern + ": " + why);
  };
  if (std::find(methods.begin(), methods.end(), method) == methods.end())
    refuse_route("the method is GET, POST, PUT, PATCH or DELETE; HEAD and OPTIONS are answered by the node");
  if (!pattern.starts_with('/'))
    refuse_route("a path begins with /");
  if (is_own_path(pattern))
    refuse_route("this path is the node's own");
  if (!handler)
    refuse_route("it has no handler");
  auto segments = segments_of(pattern);
  try {
    std::vector<std::string_view> names;
    for (const auto& one : segments)
      check_segment(one, names);
  } catch (const std::invalid_argument& why) {
    refuse_route(why.what());
  }
  const auto at = std::lower_bound(places_.begin(), places_.end(), segments,
                                   [](const auto& there, const auto& mine) { return shape(there.segments) < shape(mine); });
  if (at == places_.end() || shape(at->segments) != shape(segments)) {
    places_.insert(at, place{pattern, std::move(segments), {}})->methods.emplace(method, std::move(handler));
    return;
  }
  if (at->segments != segments)
    refuse_route("the same paths are those of " + at->pattern);
  if (!at->methods.emplace(method, std::move(handler)).second)
    refuse_route("it is there already");
}

const route_table::place* route_table::find(std::string_view path) const {
  if (places_.empty() || !path.starts_with('/'))
    return nullptr;
  const auto segments = segments_of(path);
  const auto found = std::find_if(places_.begin(), places_.end(), [&](const auto& at) { return fits(at, segments); });
  return found == places_.end() ? nullptr : &*found;
}

} // namespace troupe::actors
