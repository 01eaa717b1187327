#pragma once
/// Why an actor ended, in words. CAF's default prints the exception of a handler and forgets its text.

#include <troupe/supervisor.hpp>

#include <caf/atom.hpp>
#include <caf/error.hpp>
#include <caf/exit_reason.hpp>
#include <caf/message.hpp>
#include <caf/sec.hpp>

#include <exception>
#include <string>

namespace troupe::actors {

/// The text of an exception, whatever it is.
[[nodiscard]] inline std::string text_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "an exception that is no std::exception";
  }
}

/// For `set_exception_handler`.
[[nodiscard]] inline caf::error reason_of_exception(std::exception_ptr& error) {
  return caf::make_error(caf::sec::runtime_error, text_of(error));
}

/// What an operator reads of a reason: its text, if it has one.
[[nodiscard]] inline std::string text_of(const caf::error& reason) {
  if (!reason)
    return to_string(caf::exit_reason::normal);
  const auto& said = reason.context();
  if (said.size() == 1 && said.match_element<std::string>(0))
    return said.get_as<std::string>(0);
  if (reason.category() == caf::atom("supervisor"))
    return std::string{to_string(static_cast<troupe::supervision_error>(reason.code()))};
  if (reason.category() == caf::atom("exit"))
    return to_string(static_cast<caf::exit_reason>(reason.code()));
  return to_string(reason);
}

} // namespace troupe::actors
