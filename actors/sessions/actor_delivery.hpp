#pragma once

#include "actors/sessions/delivery.hpp"
#include "actors/sessions/outlet_queue.hpp"
#include "actors/sessions/subscription.hpp"

#include <caf/actor.hpp>

#include <atomic>
#include <memory>
#include <string_view>

namespace troupe::actors {

/// How an actor of the application's is reached: what its session says goes into its mailbox, as messages.
///
/// A batch at a time: each message of one holds the batch's mark, which is destroyed with the last of them; then the next
/// one may go. So a slow actor's mailbox stays small, its session is blocked, and falls behind the log as a slow socket's.
/// Owner: the session. Thread: the shard's; marks end on any.
/// Bounded: one batch of `outbox_bytes`, and what is said beside the channels.
class actor_delivery final : public delivery, private subscription_sink {
 public:
  /// `queue` is nudged when the actor has handled a batch, or has ended.
  actor_delivery(session& owner, caf::actor to, std::shared_ptr<outlet_queue> queue);
  ~actor_delivery() override;

  /// A batch has been handled since this was last asked.
  [[nodiscard]] bool take_room() noexcept;

  // -- delivery ---------------------------------------------------------------

  void deliver() override;
  void say(const protocol::server_message& m) override;
  void end(protocol::close_code code, std::string_view reason) override;
  void serve(session& owner) override { session_ = &owner; }
  void command_completed() override { queue_->nudge(); } // it may say more
  [[nodiscard]] bool blocked() const override { return under_way_->load() > 0; }
  [[nodiscard]] std::size_t queued() const override { return 0; }
  [[nodiscard]] bool attached() const override { return true; }
  [[nodiscard]] transport_kind transport() const override { return transport_kind::actor; }

 private:
  // -- subscription_sink ------------------------------------------------------

  [[nodiscard]] std::size_t room() const override { return room_; }
  [[nodiscard]] protocol::wire_form_id form() const override { return protocol::wire_form_id::ws_json; } // of nothing
  [[nodiscard]] bool takes_values() const override { return true; }
  void value(std::string_view channel, publication_ptr what) override;
  void shared(const transports::slice&) override {}
  void publication(std::string_view channel, std::string_view epoch, const troupe::publication& p) override;
  void message(const protocol::server_message& m) override;

  void spend(std::size_t bytes) noexcept { room_ -= bytes < room_ ? bytes : room_; }

  session* session_;
  const caf::actor to_;
  const std::shared_ptr<outlet_queue> queue_;
  const std::shared_ptr<std::atomic<int>> under_way_ = std::make_shared<std::atomic<int>>(0); // batches
  std::shared_ptr<const void> mark_; // of the batch that is being written
  std::size_t room_ = 0;             // of it
  bool was_blocked_ = false;
};

} // namespace troupe::actors
