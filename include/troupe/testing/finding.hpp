#pragma once

#include <troupe/testing/heard.hpp>

#include <initializer_list>
#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::testing {

/// What became of a check: yes, or no and why. A value; prints itself.
///
///     CHECK(heard_in_order(ada.heard(), {"reply", "broadcast price"}));    // Catch2
///     const auto found = heard_in_order(ada.heard(), {"reply", "broadcast price"});
///     EXPECT_TRUE(found) << found;                                          // GoogleTest
class finding {
 public:
  finding() = default;
  explicit finding(std::string why_not) : why_not_(std::move(why_not)) {}

  [[nodiscard]] explicit operator bool() const noexcept { return why_not_.empty(); }
  /// Empty: all is well.
  [[nodiscard]] const std::string& why_not() const noexcept { return why_not_; }

 private:
  std::string why_not_;
};

std::ostream& operator<<(std::ostream& out, const finding& what);

/// Whether all of `wanted` was heard in this order, whatever stands between. Each is the beginning of what `to_string` says
/// of a message, up to a whole word: `push rules`, or `push rules "no shouting"`.
[[nodiscard]] finding heard_in_order(const std::vector<heard_message>& all, std::initializer_list<std::string_view> wanted);

/// Whether that was heard, in this order, and nothing else.
[[nodiscard]] finding heard_exactly(const std::vector<heard_message>& all, std::initializer_list<std::string_view> wanted);

/// Whether none of it begins so.
[[nodiscard]] finding never_heard(const std::vector<heard_message>& all, std::string_view unwanted);

} // namespace troupe::testing
