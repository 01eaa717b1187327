#pragma once

#include <troupe/testing/channel_tester.hpp>

#include <concepts>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace troupe::testing {

/// One channel of class `C` without a node, threads, sockets or waiting: what runs it is what runs it in a node.
///
///     TEST_CASE("what is said is heard") {
///       troupe::testing::channel_under_test<room> t{"room:tea"};
///       auto ada = t.join(room_entry{"Ada", "c1"});
///       CHECK(ada.call("say", saying{"hi", "1"}).ok());
///       CHECK(t.broadcasts<message>("message").back().text == "hi");
///     }
///
/// `configuration` is text as in a node's file: its keys hold, and of its namespaces the one that fits the name sets rights
/// and history, as in the node. Without one the defaults hold, as for `node::channel` without a namespace. `settings` are
/// the same from code, and `options` what `node::channel` takes beside the class: the namespace has the last word.
/// What belongs to sessions and transports (limits of a connection, falling behind a log, `on_connect`) is not here, but in
/// `node_under_test`.
/// Owner: the test. Thread: the test's, one at a time. Its clients and answers are handles into it.
/// Errors: std::invalid_argument for a bad name or configuration, with all that is wrong; `unmet` where a test takes for
/// granted what is not so.
template <class C>
class channel_under_test : public channel_tester {
 public:
  explicit channel_under_test(std::string name, std::string_view configuration = {})
      : channel_under_test(std::move(name), settings_in(configuration)) {}
  channel_under_test(std::string name, const node_settings& settings, const channel_options& options = {})
      : channel_tester(std::move(name), [](const std::string&) { return std::make_unique<C>(); }, settings, options) {}
  channel_under_test(std::string name, const channel_options& options)
      : channel_under_test(std::move(name), node_settings{}, options) {}

  /// With objects that `make` makes: `std::unique_ptr<C>(const std::string& name)`.
  template <class F>
    requires std::invocable<F, const std::string&>
  channel_under_test(std::string name, F make, std::string_view configuration = {})
      : channel_tester(std::move(name), std::move(make), settings_in(configuration)) {}

  /// The object that is there now: for what it shows to everybody. A crash puts another in its place.
  [[nodiscard]] C& object() const { return static_cast<C&>(present_object()); }
};

} // namespace troupe::testing
