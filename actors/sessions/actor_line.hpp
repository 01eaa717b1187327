#pragma once

#include "actors/sessions/handshakes.hpp"
#include "actors/sessions/outlet_line.hpp"

#include <caf/actor.hpp>

#include <atomic>
#include <memory>
#include <vector>

namespace troupe::actors {

class session;
class actor_delivery;

/// An actor of the application's that is a client, as its I/O thread sees it: its session, and what it has said that this
/// has not heard yet.
///
///     new --serve--> attached --closed, actor or shard gone--> over
///
/// Owner: the desk. Thread: the shard's.
/// Bounded: what it says by the queue; commands under way by `commands_per_connection`, as of a socket.
class actor_line final : public desk_line {
 public:
  actor_line(std::shared_ptr<outlet_queue> from, caf::actor who, identity_ptr as);

  // -- desk_line --------------------------------------------------------------

  bool serve(shard& to) override;
  void shard_ends() override;
  void end() override;
  [[nodiscard]] bool is_over() const override { return over_; }
  void let_go(shard&) override {}

 private:
  void come_in(shard& to);
  [[nodiscard]] bool say(shard& to, session& mine);
  void go(shard& to, leave_reason why, std::string_view reason);
  void drop_rest();

  const caf::actor who_;
  const identity_ptr as_;
  const std::shared_ptr<std::atomic<bool>> gone_ = std::make_shared<std::atomic<bool>>(false); // with who watches the actor
  session_id id_{}; // none: not yet attached
  actor_delivery* how_ = nullptr; // of its session, as long as that lives
  bool over_ = false;
};

} // namespace troupe::actors
