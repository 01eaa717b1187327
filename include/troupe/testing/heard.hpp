#pragma once

#include <troupe/fields.hpp>
#include <troupe/publication.hpp>
#include <troupe/testing/unmet.hpp>

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::testing {

/// One message that a client heard, or that a channel said to all. A value.
struct heard_message {
  /// As on the wire (docs/protocol.md): broadcast, push, reply, error, ask, subscribed, unsubscribed, presence, gap; on
  /// clients of a whole node the others, too.
  std::string type;
  std::string event;   ///< of a broadcast, a push, a question
  payload data;        ///< of those, a reply, a subscribed; of a presence what those who came say of themselves, by session
  std::string words;   ///< of an error, an unsubscribed, a presence, a gap: what of it there is to tell
  offset_t offset = 0; ///< of a broadcast; 0: it is ephemeral
  std::uint64_t ask = 0; ///< of a question: its number
  std::string channel{};
};

/// One line: `broadcast price {"amount":7}`, `ephemeral typing true`, `push rules "no shouting"`, `reply null`,
/// `error refused: the price is 7`, `ask verdict null`, `unsubscribed kicked`, `presence +s2 -s1`, `gap 3`.
[[nodiscard]] std::string to_string(const heard_message& one);
/// One line each, numbered.
[[nodiscard]] std::string to_string(const std::vector<heard_message>& all);
std::ostream& operator<<(std::ostream& out, const heard_message& one);

/// The data of some messages as values of type `T`, in order. A value; reading one that is not there throws `unmet`, which
/// says what was heard instead.
///
///     CHECK(ada.broadcasts<int>("total") == std::vector{2, 5});
///     CHECK(ada.broadcasts<price>("price").back().amount == 7);
template <class T>
class heard_values {
 public:
  heard_values(std::vector<T> values, std::string instead) : values_(std::move(values)), instead_(std::move(instead)) {}

  [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }
  [[nodiscard]] bool empty() const noexcept { return values_.empty(); }
  [[nodiscard]] auto begin() const noexcept { return values_.begin(); }
  [[nodiscard]] auto end() const noexcept { return values_.end(); }

  [[nodiscard]] const T& operator[](std::size_t index) const {
    if (index >= values_.size())
      throw unmet(instead_);
    return values_[index];
  }
  [[nodiscard]] const T& front() const { return (*this)[0]; }
  [[nodiscard]] const T& back() const { return (*this)[empty() ? 0 : size() - 1]; }

  friend bool operator==(const heard_values& a, const std::vector<T>& b) { return a.values_ == b; }

 private:
  std::vector<T> values_;
  std::string instead_;
};

/// Those of `all` with that type and event, as `T`. Throws payload_error if one has another shape.
template <class T>
[[nodiscard]] heard_values<T> values_of(const std::vector<heard_message>& all, std::string_view type, std::string_view event) {
  std::vector<T> values;
  for (const auto& one : all)
    if (one.type == type && one.event == event)
      values.push_back(one.data.template as<T>());
  const auto there = std::to_string(values.size());
  return {std::move(values), "of " + std::string{type} + " " + std::string{event} + " there are " + there +
                                 ", and none at this place. Heard was:\n" + to_string(all)};
}

} // namespace troupe::testing
