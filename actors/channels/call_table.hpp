#pragma once

#include <troupe/outcome.hpp>
#include <troupe/publication.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <unordered_map>
#include <variant>
#include <vector>

namespace troupe::actors {

/// Answers that are owed: calls, joins and publishes whose handler said "later", with their deadlines.
///
/// Each is settled exactly once: by its promise, its deadline, or because its caller left.
/// Owner: the channel_runtime, shared with promises that may outlive it. Thread: the channel's.
/// Bounded: `calls_per_session` for each session, checked by the runtime before it asks the handler.
class call_table {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  using result = std::variant<payload, failure>;
  using continuation = std::function<void(result)>;
  using ticket = std::uint64_t; // 0: none

  ticket open(session_id caller, time_point deadline, continuation then);

  /// False if it was settled before.
  bool settle(ticket which, result what);
  /// Nobody waits for it any more, and nobody is told; false if it was settled before.
  bool forget(ticket which) { return take(which) != nullptr; }

  /// Settles all that `caller` waits for.
  void settle_all(session_id caller, const failure& why);
  void settle_all(const failure& why);

  /// Settles with `timeout` what is due.
  void expire(time_point now);

  [[nodiscard]] bool waits(ticket which) const { return entries_.contains(which); }
  [[nodiscard]] std::size_t waiting(session_id caller) const;
  [[nodiscard]] std::optional<time_point> next_deadline() const;

 private:
  using agenda = std::multimap<time_point, ticket>;
  struct entry {
    session_id caller;
    continuation then;
    agenda::iterator due;
  };

  [[nodiscard]] continuation take(ticket which); // none if it was settled before

  std::unordered_map<ticket, entry> entries_;
  std::unordered_map<session_id, std::vector<ticket>> by_caller_;
  agenda agenda_;
  ticket last_ = 0;
};

/// The promise's end in the table: its last copy gone, the caller hears that no answer comes.
class promise_sink final : public promise::sink {
 public:
  promise_sink(std::weak_ptr<call_table> table, call_table::ticket which) : table_(std::move(table)), which_(which) {}
  ~promise_sink() override;
  void settle(std::variant<payload, failure> result) override;

 private:
  std::weak_ptr<call_table> table_;
  call_table::ticket which_;
};

} // namespace troupe::actors
