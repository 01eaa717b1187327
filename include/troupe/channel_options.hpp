#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace troupe {

/// Who may do something in a channel.
enum class permission : std::uint8_t { anyone, members, nobody };
using enum permission;

/// What becomes of those who fall behind a channel's log: they skip and are told, get the last of each event, or are
/// closed with 4002.
enum class when_behind : std::uint8_t { gap, latest, disconnect };

/// How much of what is said in a channel is kept, for how long and where.
struct kept_history {
  std::optional<std::size_t> size{};               ///< publications; 0: none
  std::optional<std::chrono::milliseconds> ttl{};  ///< kept this long
  std::optional<std::size_t> bytes{};              ///< of them
  std::optional<bool> on_disk{};                   ///< outlives the process (docs/configuration.md, "History on disk")
};

/// How fast one client may publish and call in the channels of a pattern: past it it is told `limit` (docs/limits.md).
struct command_rate {
  std::optional<std::size_t> per_second{}; ///< 0: only the rate of its session holds
  std::optional<std::size_t> burst{};      ///< at once, after a pause; 0: as many as in a second
};

/// What holds for the channels of a pattern, said beside their class: the keys of a `[[namespace]]`.
///
///     node.channel<room>("room:*", {.publish = troupe::members, .history = {1000, 1h}});
///
/// What is not said keeps its default. A `[[namespace]]` of the same pattern in the file has the last word on each key that
/// it names; `config show` tells which value came from where. Checked when the node starts, as the file is.
/// A value.
struct channel_options {
  std::optional<permission> subscribe{};      ///< anyone, nobody
  std::optional<permission> publish{};        ///< anyone, members, nobody; the class can allow more
  std::optional<permission> call{};           ///< anyone, members, nobody
  std::optional<permission> send{};           ///< to and from a userId without a token: anyone, nobody
  kept_history history{};
  std::optional<permission> read_history{};   ///< who may ask for it: the key `history`
  std::optional<bool> presence{};         ///< members may read who is there
  std::optional<bool> cross_origin{};     ///< pages of any origin may read over SSE
  std::optional<when_behind> overflow{};
  command_rate rate{};                    ///< of each client: the keys `commands_per_second` and `commands_burst`
};

} // namespace troupe
