#pragma once
/// What the commands that ask a running node have in common: its HTTP API, with the key that is found for it.
/// Thread: the one that calls. Nothing is thrown.

#include "config/command_line.hpp"

#include <tl/expected.hpp>

#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::actors {

inline constexpr int status_refused = 1;
inline constexpr int status_unavailable = 69; // sysexits EX_UNAVAILABLE
inline constexpr int status_no_permission = 77;

/// Why there is no answer: a sentence, or some, and what the program ends with.
struct request_failure {
  int status = status_refused;
  std::string text;
};

using request_result = tl::expected<std::string, request_failure>;

/// The body of a 200.
[[nodiscard]] request_result get(const config::command_line& line, std::string target);
[[nodiscard]] request_result post(const config::command_line& line, std::string path, std::string json);
/// Of what needs no key, as JSON.
[[nodiscard]] request_result get_open(const config::command_line& line, std::string target);

/// Says why on `err`; the status to end with.
int report(const config::command_line& line, const request_failure& why, std::ostream& err);

/// `PATH?a=b&c=d`, encoded; what is empty is left out.
[[nodiscard]] std::string target_of(std::string path, const std::vector<std::pair<std::string_view, std::string>>& query);

} // namespace troupe::actors
