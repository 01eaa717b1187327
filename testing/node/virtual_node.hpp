#pragma once
/// A whole node without threads, sockets or sleeping: its real actors under CAF's test coordinator, its real routers, and a
/// clock that tests step. Clients (clients.hpp) talk to the routers as transports do.

#include "actors/node/node_actors.hpp"
#include "testing/stepped_system.hpp"


#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::actors::testing {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

/// Settings in which every kind of channel that tests use is open: `open:*`, `user:*`, and a default channel `lobby`.
[[nodiscard]] config::settings test_settings();

/// The key of its API.
inline constexpr std::string_view api_key = "test-key-of-the-house";

/// A log that is read by the test; at `debug` unless said otherwise.
class noted_log final : public event_log {
 public:
  [[nodiscard]] bool wants(log_level level) const noexcept override { return level >= least; }
  void write(const log_line& line, const node_event*) override { lines.push_back(line); }
  [[nodiscard]] std::uint64_t lost() const override { return 0; }

  log_level least = log_level::debug;
  std::vector<log_line> lines;
};

class virtual_node {
 public:
  explicit virtual_node(node_plan plan = {}, config::settings settings = test_settings(), std::uint32_t shards = 2,
                        std::uint64_t seed = 7, stepped_system::leftovers at_end = stepped_system::leftovers::waited_for);
  ~virtual_node();
  virtual_node(const virtual_node&) = delete;
  virtual_node& operator=(const virtual_node&) = delete;

  // -- time -------------------------------------------------------------------

  /// Lets everything that is ready happen: messages, flushes, what sockets have to tell.
  void settle();

  /// Lets virtual time pass, in steps of 10 ms.
  void pass(milliseconds time);

  [[nodiscard]] std::chrono::steady_clock::time_point now();
  /// Milliseconds since 1970, as its channels know it.
  [[nodiscard]] std::int64_t wall();

  /// Something a socket will tell its user later.
  void post(std::function<void()> work) { posted_.push_back(std::move(work)); }

  // -- the node ---------------------------------------------------------------

  [[nodiscard]] request_router& router(std::uint32_t index) { return node_->router(index); }
  [[nodiscard]] shard& shard_at(std::uint32_t index) { return *node_->endpoints().shards[index]->now; }
  [[nodiscard]] shard_counters& counters(std::uint32_t index) { return node_->endpoints().shards[index]->counters; }
  [[nodiscard]] endpoint_state& inside() { return node_->endpoints(); }
  [[nodiscard]] outlet_hub& outlets() { return node_->outlets(); }
  [[nodiscard]] std::uint32_t shards() const noexcept { return shards_; }
  [[nodiscard]] caf::actor_system& system() { return system_->get(); }

  [[nodiscard]] noted_log& log() noexcept { return log_; }
  [[nodiscard]] std::size_t logged(std::string_view part) const;

  /// The node begins to stop, as after SIGTERM; true when all clients are gone.
  void drain();
  [[nodiscard]] bool drained() const noexcept { return drained_ == shards_; }
  void stop_channels();

  template <class Handle>
  [[nodiscard]] Handle find(std::string_view name) {
    return node_->endpoints().registry.find<Handle>(name);
  }

  /// As after SIGHUP.
  void reload(const config::settings& changed) { node_->reload(changed), settle(); }

  /// How often the limit of that name was passed.
  [[nodiscard]] std::uint64_t metric(const std::string& limit);

  /// Ends an actor of the node as a failure would.
  void fail_actor(std::string_view name);

 private:
  bool flush();

  const std::uint32_t shards_;
  noted_log log_;
  std::vector<std::unique_ptr<shard_host>> hosts_;
  std::unique_ptr<stepped_system> system_;
  std::unique_ptr<node_actors> node_;
  std::deque<std::function<void()>> posted_;
  std::chrono::steady_clock::time_point start_;
  std::uint32_t drained_ = 0;
};

} // namespace troupe::actors::testing
