#pragma once
/// One shard alone: what actors say to it is said by the test, what it says to them is written down, and its clients
/// read as far as they are let.

#include "actors/sessions/delivery.hpp"
#include "actors/sessions/shard.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace troupe::actors::testing {

/// A client that writes down what it reads: "subscribed 0; +1; push; gap 3 (2); unsubscribed left". It outlives its session.
class recorded_client final : public delivery, public subscription_sink {
 public:
  explicit recorded_client(session& owner) : session_(&owner) {}

  std::size_t entries_max = static_cast<std::size_t>(-1); ///< publications it has room for
  std::string read();
  [[nodiscard]] const std::string& heard() const noexcept { return text_; } ///< written to it since it last read
  bool closed = false;

  // -- delivery ---------------------------------------------------------------

  void deliver() override;
  void say(const protocol::server_message& m) override { message(m); }
  void end(protocol::close_code, std::string_view) override { closed = true, session_ = nullptr; }
  void serve(session& owner) override { session_ = &owner; }
  [[nodiscard]] transport_kind transport() const override { return transport_kind::websocket; }
  [[nodiscard]] std::size_t queued() const override { return 0; }
  [[nodiscard]] bool attached() const override { return !closed; }
  [[nodiscard]] bool blocked() const override { return entries_max == 0; }

  // -- subscription_sink ------------------------------------------------------

  [[nodiscard]] std::size_t room() const override { return entries_max == 0 ? 0 : 1; }
  [[nodiscard]] protocol::wire_form_id form() const override { return protocol::wire_form_id::poll; }
  void shared(const transports::slice& bytes) override;
  void publication(std::string_view channel, std::string_view epoch, const troupe::publication& p) override;
  void message(const protocol::server_message& m) override;

 private:
  void note(const std::string& what) { text_ += (text_.empty() ? "" : "; ") + what; }
  session* session_; // null: it is over
  std::string text_;
};

class shard_fixture final : public shard_gateway {
 public:
  explicit shard_fixture(config::settings how = {});
  ~shard_fixture();

  // -- clients ----------------------------------------------------------------

  std::uint64_t open();
  recorded_client& client(std::uint64_t who) { return *clients_.at(who); }
  /// Subscribes with id 1.
  void subscribe(std::uint64_t who, std::optional<position> since = {});
  void say(std::uint64_t who, protocol::command_body what, protocol::request_id id = std::int64_t{2});
  std::string read(std::uint64_t who) { return client(who).read(); }

  // -- the channel ------------------------------------------------------------

  void found();
  /// `completed`: the oldest command of each.
  void take(std::vector<effect> effects, std::vector<session_id> completed = {});
  void take_numbered(std::vector<effect> effects, std::vector<command_number> completed);
  /// The last batch comes once more.
  void repeat() { shard_->take(*last_batch_), flush(); }
  /// The next batch does not come.
  void lose() { ++told_; }
  /// The channel's actor died.
  void lost();
  void pass(std::chrono::milliseconds time);
  void publish(offset_t offset) { take({published{publication(offset)}}); }
  void admit(std::uint64_t who, offset_t at, page replay = {}, std::optional<bool> recovered = {}, bool again = false,
              std::optional<offset_t> head = {});
  static publication_ptr publication(offset_t offset, std::vector<session_id> except = {}, std::string event = {});
  /// Commands since the last time: "s1 join since 3; s1 leave left".
  std::string commands();
  [[nodiscard]] std::uint64_t acknowledged() const noexcept { return acknowledged_; }
  [[nodiscard]] const link_id& link() const noexcept { return link_; }
  [[nodiscard]] int probes() const noexcept { return probes_; }
  [[nodiscard]] int asked_broker() const noexcept { return finds_; }

  /// The turn's end.
  void flush();
  shard& inside() { return *shard_; }

  /// That pass whenever the shard looks at the clock.
  std::chrono::milliseconds each_look{0};

  std::string epoch = "e";
  std::vector<std::string> released; ///< channels given back to the broker
  std::vector<node_event> events;

 private:
  struct recorder final : announcer {
    explicit recorder(std::vector<node_event>& to) : seen(to) {}
    void announce(node_event what) override { seen.push_back(std::move(what)); }
    std::vector<node_event>& seen;
  };

  // -- shard_gateway ----------------------------------------------------------

  void find_channel(const std::string&, const starter&) override { ++finds_; }
  void release_channel(const std::string& name) override { released.push_back(name); }
  void send(const channel_handle&, command_batch_ptr batch) override;

  config::settings settings_;
  recorder recorder_{events};
  std::chrono::steady_clock::time_point now_{std::chrono::hours{1}};
  shard_state seat_{0, 1};
  std::unique_ptr<shard> shard_;
  std::map<std::uint64_t, std::unique_ptr<recorded_client>> clients_;
  link_id link_;
  std::unique_ptr<effect_batch> last_batch_;
  batch_number told_ = 0, taken_ = 0; ///< of the link: effect batches, and those acknowledged
  std::vector<std::pair<command_number, session_id>> under_way_;
  std::uint64_t acknowledged_ = 0;
  int finds_ = 0;
  int probes_ = 0;
  std::vector<channel_command> commands_;
};

} // namespace troupe::actors::testing
