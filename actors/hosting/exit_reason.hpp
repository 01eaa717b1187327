#pragma once
/// Why an actor of ours ends when a handler of it throws: CAF's default prints the exception and forgets its text.

#include <caf/error.hpp>
#include <caf/sec.hpp>

#include <exception>
#include <string>

namespace troupe::actors {

/// For `set_exception_handler`.
[[nodiscard]] inline caf::error reason_of_exception(std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    return caf::make_error(caf::sec::runtime_error, std::string{e.what()});
  } catch (...) {
    return caf::make_error(caf::sec::runtime_error, std::string{"an exception that is no std::exception"});
  }
}

} // namespace troupe::actors
