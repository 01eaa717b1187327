#pragma once

#include <troupe/error_code.hpp>
#include <troupe/fields.hpp>
#include <troupe/payload.hpp>

#include <iosfwd>
#include <memory>
#include <string>

namespace troupe::testing {

struct answer_state;

/// What a client's command was answered: yes with data, no with a reason, or nothing yet, where the channel promised one.
///
///     auto told = ada.call("next");
///     CHECK(told.waiting());
///     t.pass(100ms);
///     CHECK(told.as<std::string>() == "your turn");
///
/// A value; copies, and the answer that was there before it came, show the same. Outlives the kit it came from.
/// Thread: the test's. Errors: reading what is not there throws `unmet`, which says what is.
class answer {
 public:
  explicit answer(std::shared_ptr<const answer_state> state);

  [[nodiscard]] bool ok() const noexcept;
  [[nodiscard]] explicit operator bool() const noexcept { return ok(); }
  /// Nobody has answered yet.
  [[nodiscard]] bool waiting() const noexcept;

  /// Null: it is no refusal.
  [[nodiscard]] const failure* why_not() const noexcept;
  /// Whether it is a refusal with this code.
  friend bool operator==(const answer& a, error_code code) noexcept { return a.why_not() && a.why_not()->code == code; }

  /// What came with a yes.
  [[nodiscard]] payload data() const;
  template <class T>
  [[nodiscard]] T as() const {
    return data().template as<T>("the answer");
  }

 private:
  friend std::string to_string(const answer& what);
  std::shared_ptr<const answer_state> state_;
};

/// "reply {"amount":7}", "error refused: the price is 7", "no answer yet"; what a handler threw, too.
[[nodiscard]] std::string to_string(const answer& what);
std::ostream& operator<<(std::ostream& out, const answer& what);

} // namespace troupe::testing

namespace troupe {

/// So that test frameworks print it.
std::ostream& operator<<(std::ostream& out, error_code code);

} // namespace troupe
