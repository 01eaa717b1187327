#pragma once
/// The test kit: channels, and whole nodes, in time that is stepped. Needs no test framework, and fits each; link
/// `troupe::testing`. docs/testing.md is its guide.

#include <troupe/testing/channel_under_test.hpp>
#include <troupe/testing/finding.hpp>
#include <troupe/testing/node_under_test.hpp>
