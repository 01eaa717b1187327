#pragma once
/// The API key: where it comes from, and the file in which one is made at first start.
/// Thread: any; touches only the file named. Errors: a sentence that names the file and says what to do.

#include "config/settings.hpp"

#include <tl/expected.hpp>

#include <filesystem>
#include <optional>

namespace troupe::config {

/// The API key and where it was found. A value; never logged.
struct api_key {
  std::string text; // the secret
  std::string from; // in words, for the log: never the secret
  bool made = false;
};
using api_key_result = tl::expected<api_key, std::string>;

/// What a node uses: `api.key` (a flag, TROUPE_API_KEY), else `api.key_file`, else the default file of `port`, which
/// is made if there is none. `port` is the one the node listens on.
[[nodiscard]] api_key_result node_api_key(const api_settings& api, std::uint16_t port);

/// What `tree` and `kill` use to reach a node on `port`: the same, but nothing is made.
[[nodiscard]] api_key_result client_api_key(const api_settings& api, std::uint16_t port);

// -- files --------------------------------------------------------------------

/// `$XDG_STATE_HOME/troupe/PORT.key`, else `~/.local/state/troupe/PORT.key`; nothing if there is no home.
[[nodiscard]] std::optional<std::filesystem::path> default_key_file(std::uint16_t port);

/// The key in `path`. Refused: a file that others than its owner can read or write, one of another user, no usable key.
[[nodiscard]] tl::expected<std::string, std::string> read_key_file(const std::filesystem::path& path);

/// Makes `path` (0600, in directories of 0700) with 256 random bits in hex and returns them. If another process made it
/// in the meantime, that one's key is returned; the file is never half written.
[[nodiscard]] tl::expected<std::string, std::string> make_key_file(const std::filesystem::path& path);

} // namespace troupe::config
