#pragma once

#include "actors/stores/store.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace troupe::actors {

/// What the disk has of a channel beside its publications. Written with every batch that changes it.
struct channel_record {
  std::uint64_t id = 0;            ///< begins the names of all its other records
  std::string epoch;
  offset_t head = 0;
  offset_t first = 1;              ///< the oldest that is kept; head + 1: none
  std::uint64_t bytes = 0;         ///< of publications that are kept
  std::int64_t oldest_at = 0;      ///< when `first` was kept
  std::int64_t ttl = 0;            ///< of its publications, in ms, as its last owner had it
  std::uint64_t keys_bytes = 0;    ///< of keys and answers to calls
  std::int64_t keys_until = 0;     ///< when the last of its keys is forgotten
  std::uint64_t answered = 0;      ///< the number of the last answer to a call that was kept
  std::uint64_t snapshot_bytes = 0;
  offset_t position = 0;           ///< kept for readers without cursor
  std::int64_t used_at = 0;        ///< by an owner
  starter by;

  [[nodiscard]] bool empty() const noexcept { return first > head; }
  friend bool operator==(const channel_record&, const channel_record&) = default;
};

[[nodiscard]] std::string pack(const channel_record& what);
/// Nothing: no record that this version writes.
[[nodiscard]] std::optional<channel_record> channel_of(std::string_view packed);

/// An idempotency key. Its name has the offset it stands for.
struct key_record {
  append_key key;
  std::int64_t at = 0;
};
[[nodiscard]] std::string pack(const key_record& what);
[[nodiscard]] std::optional<key_record> key_of(std::string_view packed);

/// What a call with a key was answered. Its name has its number.
struct answer_record {
  append_key key;
  std::int64_t at = 0;
  call_answer what;
};
[[nodiscard]] std::string pack(const answer_record& what);
[[nodiscard]] std::optional<answer_record> answer_of(std::string_view packed);

[[nodiscard]] std::string pack(const payload& state);
[[nodiscard]] std::optional<payload> state_of(std::string_view packed);

// -- names of records ---------------------------------------------------------

/// Of the chunk, or key, that begins with `offset`, or of the answer with that number: they sort as channels and offsets do.
[[nodiscard]] std::string record_name(std::uint64_t channel, offset_t offset);
[[nodiscard]] offset_t offset_of(std::string_view name) noexcept;

inline constexpr offset_t last_offset = static_cast<offset_t>(-1);

// -- time ---------------------------------------------------------------------

[[nodiscard]] std::int64_t to_ms(std::chrono::system_clock::time_point at) noexcept;
[[nodiscard]] std::chrono::system_clock::time_point from_ms(std::int64_t at) noexcept;

} // namespace troupe::actors
