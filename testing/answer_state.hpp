#pragma once

#include <troupe/error_code.hpp>
#include <troupe/payload.hpp>

#include <string>
#include <variant>

namespace troupe::testing {

/// What is known of a command's answer. Written by whoever sent the command, read by `answer`.
struct answer_state {
  std::string command; ///< as its reader calls it: "call say of s1"
  std::variant<std::monostate, payload, failure> result{};
  std::string cause{}; ///< what a handler threw
};

} // namespace troupe::testing
