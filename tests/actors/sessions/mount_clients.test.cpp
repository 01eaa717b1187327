// The clients of raw mounts on one shard, beside a mount that says nothing.
#include "actors/sessions/mount_clients.hpp"
#include "tests/actors/sessions/shard_fixture.hpp"

#include "actors/sessions/mount_clients.hpp"

#include <catch2/catch.hpp>

using namespace troupe::actors;
using namespace troupe::actors::testing;
namespace transports = troupe::transports;

namespace {

/// A socket of which only the user matters.
struct bare_connection final : transports::connection {
  void set_user(transports::connection_user* to) override { user = to; }
  [[nodiscard]] std::size_t queued() const override { return 0; }
  void write(transports::slice) override {}
  void write_private(std::string_view) override {}
  bool flush() override { return true; }
  void ping() override {}
  void read(bool) override {}
  void close(troupe::protocol::close_code, std::string_view) override {}
  void abort() override {}

  transports::connection_user* user = nullptr;
};

/// A mount that hears, and does nothing.
struct stuck_mount final : mount_gateway {
  void send(const mount_handle&, mount_input) override { ++inputs; }
  std::size_t inputs = 0;
};

struct silent_gateway final : mount_gateway {
  void send(const mount_handle&, mount_input) override {}
};

void come_and_go(mount_clients& mounts) {
  const auto c = std::make_shared<bare_connection>();
  mounts.open("/m", c);
  c->user->on_closed(troupe::protocol::close_code::normal, {});
}

void handle(mount_clients& mounts, std::size_t inputs) {
  mount_effects done;
  done.mount = "/m";
  done.inputs = inputs;
  mounts.take(done);
}

} // namespace

TEST_CASE("clients that come and go before a mount that is stuck do not fill its mailbox") {
  troupe::config::settings few;
  few.limits.mount_inputs = 4;
  shard_fixture s{few};
  stuck_mount stuck;
  mount_clients mounts{s.inside(), stuck};
  CHECK(!mounts.serves("/m"));
  mounts.lives("/m", {});
  come_and_go(mounts); // two inputs each
  CHECK(mounts.serves("/m"));
  come_and_go(mounts);
  CHECK(!mounts.serves("/m"));
  CHECK(stuck.inputs == 4);
  REQUIRE(!s.events.empty());
  CHECK(std::get<events::limit_passed>(s.events.back()).limit == "limits.mount_inputs");
  handle(mounts, 1);
  CHECK(mounts.serves("/m"));
  handle(mounts, 100); // what an actor before this one handled
  come_and_go(mounts);
  CHECK(mounts.serves("/m"));
}
