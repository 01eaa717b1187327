#pragma once

#include "actors/channels/channel_runtime.hpp"
#include "testing/channel/far_end.hpp"
#include "testing/stores/late_store.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace troupe::actors::testing {

class channel_lodging;

/// A channel without its actor: its real runtime, far ends for shards, time that is stepped, and a store that answers at
/// once or when told to.
/// Owner: a test. Thread: the test's. What its runtime refers to it holds itself.
class stepped_channel : public channel_host {
 public:
  struct setting {
    std::string name;
    channel_factory make;
    config::settings settings;
    config::name_space rules;
    bool late = false; ///< the store answers when told to
  };

  explicit stepped_channel(setting how);
  virtual ~stepped_channel();
  stepped_channel(const stepped_channel&) = delete;
  stepped_channel& operator=(const stepped_channel&) = delete;

  /// Makes the runtime and its object. Again: as if its actor had been started anew.
  void start();
  /// Its actor is gone; what is kept stays.
  void end();

  // -- links ------------------------------------------------------------------

  void send(std::vector<channel_command> commands, std::uint32_t shard = 0);
  [[nodiscard]] far_end& at(std::uint32_t shard) { return ends_[shard]; }

  // -- time -------------------------------------------------------------------

  /// In steps: from one deadline of the channel to the next, and at most `step_max`.
  void pass(std::chrono::milliseconds time);
  /// One step.
  void advance(std::chrono::milliseconds step);
  /// When the channel has something to do next, if that is before `end`; else `end`.
  [[nodiscard]] std::chrono::steady_clock::time_point next_moment(std::chrono::steady_clock::time_point end) const;
  /// Runs what was posted, and what actors of the application have to do.
  void settle();
  /// The actor that the object was shown has ended.
  [[nodiscard]] bool actor_ended() const;
  [[nodiscard]] bool has_actor() const noexcept { return lodging_ != nullptr; }

  // -- overridden functions of channel_host -----------------------------------

  std::unique_ptr<effect_outlet> outlet() override;
  void post(std::function<void()> later) override { posted_.push_back(std::move(later)); }
  caf::event_based_actor& actor() override;

  static constexpr std::chrono::milliseconds step_max{10}; ///< where actors of the application live

  config::settings settings;
  const config::name_space rights;
  std::chrono::steady_clock::time_point steady{std::chrono::hours{1}};
  std::chrono::system_clock::time_point system{std::chrono::milliseconds{1'700'000'000'000}};
  std::unique_ptr<late_store> keep;
  std::unique_ptr<channel_parts> parts;
  std::unique_ptr<channel_runtime> runtime;

 protected:
  struct recorder final : announcer {
    void announce(node_event what) override { seen.push_back(std::move(what)); }
    std::vector<node_event> seen;
  };
  recorder events_;

 private:
  std::map<std::uint32_t, far_end> ends_;
  std::uint32_t sender_ = 0; ///< whose batch of commands is being handled
  std::vector<std::function<void()>> posted_;
  std::unique_ptr<channel_lodging> lodging_;
};

} // namespace troupe::actors::testing
