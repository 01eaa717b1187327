#pragma once

#include "tests/ledger/storm.hpp"

namespace troupe::ledger {

/// Runs a storm against a node of its own (program/), which ends with it. `plan`'s port and key are the node's. Even seeds
/// keep history in memory, odd ones on disk, with short logs.
/// Throws std::runtime_error if the node does not start; what is wrong with how it ends is in the report.
[[nodiscard]] storm_report served_storm(storm_plan plan);

} // namespace troupe::ledger
