#pragma once
/// What of a long list somebody wants to see: asked of the broker (channels) and of shards (sessions).

#include "actors/containers/page_picker.hpp"

#include <troupe/publication.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::actors {

/// Lists that wait for those before them, of the broker and of each shard; past it whoever asks is told 503.
inline constexpr std::size_t lists_waiting_max = 64;
/// Rows of one page.
inline constexpr std::size_t list_rows_max = 1'000;

enum class channel_figure : std::uint8_t { name, members, rate, publications, offset, restarts };
enum class session_figure : std::uint8_t { since, lag, queued, journal, sent, received, channels };

/// The broker's, for `/api/channels`.
struct channel_query {
  std::string part{};        ///< of their names, in whatever case; empty: all
  channel_figure by = channel_figure::name;
  bool descending = false;
  std::optional<page_picker<std::string>::place> after{};
  std::size_t most = list_rows_max;
};

/// A shard's, for `/api/connections`.
struct session_query {
  std::string part{};      ///< of its id, its user, its address or its user agent, in whatever case; empty: all
  std::string channel{};   ///< only those that are in it; empty: all
  std::string transport{}; ///< only those; empty: all
  session_figure by = session_figure::since;
  bool descending = true;
  std::optional<page_picker<session_id>::place> after{};
  std::size_t most = list_rows_max;
};

/// ASCII letters are the same in either case.
[[nodiscard]] inline bool has_part(std::string_view text, std::string_view part) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return part.empty() || std::search(text.begin(), text.end(), part.begin(), part.end(),
                                     [&](char a, char b) { return lower(a) == lower(b); }) != text.end();
}

} // namespace troupe::actors
