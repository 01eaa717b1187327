#pragma once

#include "transports/http.hpp"

#include <filesystem>
#include <string>

namespace troupe::actors {

/// The files below one directory, as responses: pages of a demo or of an application. Read anew at each request, so that
/// an edit shows at once; nothing outside the actor_registry and nothing whose name begins with a dot is served.
///
/// Owner: the endpoint_state. Thread: any that may block. Bounded: a response holds `piece_bytes` of a file, and no open file;
/// files above `file_bytes_max` belong behind a web server.
class static_files {
 public:
  static constexpr std::size_t file_bytes_max = 8 * 1024 * 1024;
  static constexpr std::size_t piece_bytes = 64 * 1024; ///< read with the response; the rest as it is taken

  /// Empty: nothing is served.
  explicit static_files(const std::string& directory);

  [[nodiscard]] transports::http_response answer(const transports::http_request& request) const;

 private:
  std::filesystem::path root_; // canonical; empty: none
};

/// The Content-Type of a file of that name.
[[nodiscard]] std::string content_type(std::string_view name);

} // namespace troupe::actors
