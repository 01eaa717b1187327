#pragma once
/// Where a node keeps what it makes for itself, such as its API key. Thread: any, while nobody changes the environment.

#include <filesystem>
#include <optional>

namespace troupe::config {

/// `$STATE_DIRECTORY` (systemd's, of our own), else `$XDG_STATE_HOME/troupe`, else `~/.local/state/troupe`; it may not exist
/// yet. Nothing: there is no home directory.
[[nodiscard]] std::optional<std::filesystem::path> state_directory();

} // namespace troupe::config
