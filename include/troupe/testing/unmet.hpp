#pragma once

#include <stdexcept>

namespace troupe::testing {

/// A test took something for granted that is not so: it read an answer that is an error, or a message that nobody heard.
/// `what()` says what is instead. Thrown by the kit; test frameworks print it, and fail the test.
class unmet : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

} // namespace troupe::testing
