#pragma once

#include <troupe/testing/unmet.hpp>

#include <string>

namespace troupe::actors::testing {

/// What a test took for granted; no test framework is needed to hear that it is not so.
inline void require(bool holds, const std::string& otherwise) {
  if (!holds)
    throw troupe::testing::unmet(otherwise);
}

} // namespace troupe::actors::testing
