#pragma once

#include "actors/sessions/delivery.hpp"
#include "actors/sessions/session.hpp"

namespace troupe::actors {

/// Stands where a session's connection was until its client comes back: nothing is written, what is said beside the
/// channels is kept. Owner: the session. Thread: the shard's.
class absence final : public delivery {
 public:
  explicit absence(session& owner) noexcept : session_(owner) {}

  void deliver() override {}
  void say(const protocol::server_message& m) override {
    session_.noted(m);
    session_.weight_changed();
  }
  void end(protocol::close_code, std::string_view) override {}
  void serve(session&) override {}
  [[nodiscard]] bool blocked() const override { return true; }
  [[nodiscard]] std::size_t queued() const override { return 0; }
  [[nodiscard]] bool attached() const override { return false; }
  [[nodiscard]] transport_kind transport() const override { return session_.transport(); }

 private:
  session& session_;
};

} // namespace troupe::actors
