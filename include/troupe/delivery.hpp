#pragma once

#include <troupe/publication.hpp>

#include <concepts>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace troupe {

/// Who gets a broadcast, and whether it is kept. A value. Each of `except`, `only` and `group` narrows it: who is to get it
/// passes all that are given.
struct delivery {
  std::vector<session_id> except{};              ///< at most `limits.except_sessions` (8)
  bool ephemeral = false;                        ///< no offset, not kept, not replayed, not counted as missed
  bool after_save = false;                       ///< only once the channel's state is kept
  std::optional<std::vector<session_id>> only{}; ///< nobody else; an empty list is nobody. At most `limits.only_sessions` (64)
  std::optional<std::string> group{};            ///< who is in it when `broadcast` is called, and nobody else
};

/// All but these: `broadcast("moved", m, except(who))`.
template <class... M>
[[nodiscard]] delivery except(const M&... who) {
  return {{who.id...}};
}

/// What `only` takes: a `member`, or whatever names its session so.
template <class M>
concept with_session = requires(const M& who) {
  { who.id } -> std::convertible_to<session_id>;
};

/// These alone, now and on replay: `broadcast("cards", c, only(left, right))`. What is for one alone and need not be kept
/// is a `push`.
template <with_session... M>
  requires(sizeof...(M) > 0)
[[nodiscard]] delivery only(const M&... who) {
  delivery d;
  d.only = {who.id...};
  return d;
}
/// By session; an empty list is nobody.
[[nodiscard]] inline delivery only(std::vector<session_id> who) {
  delivery d;
  d.only = std::move(who);
  return d;
}

/// Those who are in the group when it is said, now and on replay: `broadcast("plan", p, to_group("red"))`,
/// `to_group("red", except(who))`. Nobody, if nobody is in it. See `channel::add_to_group`.
[[nodiscard]] inline delivery to_group(std::string group, delivery d = {}) {
  d.group = std::move(group);
  return d;
}

/// To whoever is there now; not kept: `ephemeral()`, `ephemeral(except(who))`.
[[nodiscard]] inline delivery ephemeral(delivery d = {}) {
  d.ephemeral = true;
  return d;
}

/// Once what this handler did is kept: `broadcast("cleared", who, after_save())`. Said at the end of the turn, in one
/// row with the answers that wait (`outcome::after_save`); not at all if the state cannot be kept, which the log says, or
/// if the object is replaced or the channel stops before. Whom it is for is decided when `broadcast` is called.
[[nodiscard]] inline delivery after_save(delivery d = {}) {
  d.after_save = true;
  return d;
}

} // namespace troupe
