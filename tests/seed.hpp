#pragma once

#include <cstdint>

namespace troupe::test {

/// The seed of all random tests of this program: what the environment variable `TROUPE_SEED` says, else a new one; never
/// 0. Said on stderr when it is asked for the first time, so that a run that fails, or is killed, can be repeated.
/// Thread: any. Throws std::runtime_error if `TROUPE_SEED` is no number from 1 to 2^32 - 1.
[[nodiscard]] std::uint32_t seed();

} // namespace troupe::test
