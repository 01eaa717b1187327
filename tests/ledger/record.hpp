#pragma once
/// One client's life as it saw it, in order, over all of its connections. A value: no client library has a part in it.

#include "tests/ledger/truth.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace troupe::ledger {

namespace seen {

/// What is to become of a session when its client comes with its token.
enum class chance : std::uint8_t {
  none,    ///< it has no token yet
  goes_on, ///< it comes within the window
  open,    ///< either is right
  is_over, ///< it said goodbye, or comes long after the window
};

/// A connection stands, in a session of its own that has just begun.
struct opened {
  std::string session{};
  chance had = chance::none;
  std::string over{}; ///< the transport, for words
  std::string why{};  ///< the session before it has gone, as the node says
};

/// A connection stands, in the session that it had.
struct resumed {
  std::string session{};
  chance had = chance::goes_on;
  bool kept = true; ///< what was said to it alone
  std::string over{};
};

/// The connection before this one has not been closed, though the session went on here.
struct doubled {};

struct subscribed {
  std::string channel{};
  place at{};
  std::optional<bool> recovered{}; ///< as the node said it
};

struct published {
  std::string channel{};
  std::uint64_t offset = 0;
  std::string text{};
};

struct gap {
  std::string channel{};
  place at{};
  std::optional<std::uint64_t> missed{};
};

/// What the channel says to one member is numbered by it, from 1 for each session, and says between which publications.
struct pushed {
  std::string channel{};
  std::uint64_t number = 0;
  std::uint64_t after = 0; ///< offset of the last publication before it
};

/// It sent a command; again, too.
struct asked {
  std::uint64_t id = 0;
  bool keyed = false;
  bool speaks = false; ///< if it is carried out, the channel says so to all
};

/// It was told that the answer to that command may be lost.
struct unsure {
  std::uint64_t id = 0;
};

struct answered {
  std::uint64_t id = 0;
  bool well = true;                       ///< a reply, not an error
  std::string channel{};
  std::optional<std::uint64_t> after{};   ///< told between the publications: offset of the last before it
  std::optional<std::uint64_t> pushed{};  ///< the channel had said so many things to this session by then
};

struct left {
  std::string channel{};
  bool wanted = false; ///< it asked to
};

} // namespace seen

using event = std::variant<seen::opened, seen::resumed, seen::doubled, seen::subscribed, seen::published, seen::gap, seen::pushed,
                           seen::asked, seen::unsure, seen::answered, seen::left>;

/// One line.
[[nodiscard]] std::string to_string(const event& e);

struct record {
  std::string client{};
  std::vector<event> events{};

  /// A line for each event.
  [[nodiscard]] std::string text() const;
};

} // namespace troupe::ledger
