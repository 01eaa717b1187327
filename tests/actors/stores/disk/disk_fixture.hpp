#pragma once
/// A disk store without a thread, on files that break when told to, in time that is stepped.

#include "actors/stores/disk/disk_store.hpp"
#include "tests/actors/stores/disk/disk_files.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <vector>

namespace troupe::actors::testing {

/// What was announced.
struct noted_events final : announcer {
  void announce(node_event what) override;
  std::vector<std::string> lines; ///< "failed …", "recovered", "limit …"
};

[[nodiscard]] publication said(const std::string& data, const std::string& event = "e");

/// A reply's JSON, a refusal's message, or "none".
[[nodiscard]] std::string text_of(const std::optional<call_answer>& answer);

/// Offsets and data of a page: "1 one,2 two more lost", or why it is none.
[[nodiscard]] std::string text_of(const tl::expected<history_page, failure>& page);

class disk_fixture {
 public:
  explicit disk_fixture(disk_settings how = {}, std::unique_ptr<disk_files> files = nullptr);

  /// The process dies here; the other goes on with what that leaves.
  [[nodiscard]] disk_fixture after_kill() const;
  [[nodiscard]] disk_fixture after_power_loss() const;
  /// Ends in good order and starts again.
  void restart();

  // -- one after the other ----------------------------------------------------

  void settle();
  std::unique_ptr<partition> open(const std::string& channel = "room:1", retention keep = {});
  std::string why_not_open(const std::string& channel = "room:1");
  /// Its offset, or why not.
  tl::expected<offset_t, failure> append(partition& to, const std::string& data, append_key key = {});
  std::string read(partition& from, offset_t since = 0, std::size_t items = 1000, std::size_t bytes = 1 << 30);
  std::string read_back(partition& from, offset_t before = 0, std::size_t items = 1000);
  std::optional<failure> save(partition& of, const std::string& state);
  /// Why not.
  std::optional<failure> keep_answer(partition& of, append_key key, call_answer what);
  void sweep();
  void pass(std::chrono::milliseconds time) { *now += time; }

  disk_settings how;
  std::shared_ptr<std::chrono::system_clock::time_point> now;
  std::unique_ptr<disk_files> files;
  std::unique_ptr<noted_events> events;
  std::unique_ptr<disk_store> keep;
};

} // namespace troupe::actors::testing
