#pragma once
/// What every store must hold, in words: see actors/stores/store.hpp. A store enrols with one line in a test file:
///
///     TEST_CASE("the memory store keeps its contract", "[store]") { hold_to_contract(make); }
///
/// `make` gives a new store whose time is `store_time`, with nothing in it.

#include "actors/stores/store.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <memory>
#include <string>

namespace troupe::actors::testing {

struct store_time {
  std::chrono::system_clock::time_point now{std::chrono::milliseconds{1'700'000'000'000}};
};

struct store_under_test {
  std::shared_ptr<void> below; ///< what it stands on
  std::shared_ptr<store_time> time = std::make_shared<store_time>();
  std::unique_ptr<store> what;
  /// Lets what was asked be answered; nothing for a store that answers within the call.
  std::function<void()> settle = [] {};
};
using store_maker = std::function<store_under_test()>;

/// Runs all cases as sections of the calling test case.
void hold_to_contract(const store_maker& make);

} // namespace troupe::actors::testing
