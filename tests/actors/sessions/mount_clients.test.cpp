// The clients of raw mounts on one shard, beside a mount that says nothing.
#include "actors/sessions/mount_clients.hpp"
#include "tests/actors/sessions/shard_fixture.hpp"

#include "actors/sessions/mount_clients.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace troupe::actors;
using namespace troupe::actors::testing;
namespace transports = troupe::transports;

namespace {

/// A socket that takes nothing while it is `full`.
struct bare_connection final : transports::connection {
  void set_user(transports::connection_user* to) override { user = to; }
  [[nodiscard]] std::size_t queued() const override { return waiting; }
  void write(transports::slice) override {}
  void write_private(std::string_view bytes) override { waiting += bytes.size(); }
  bool flush() override { return (waiting = full ? waiting : 0) == 0; }
  void ping() override {}
  void read(bool wanted) override { is_read = wanted; }
  void close(troupe::protocol::close_code code, std::string_view) override { closed_with = code; }
  void abort() override {}

  transports::connection_user* user = nullptr;
  std::size_t waiting = 0;
  bool full = false;
  bool is_read = true;
  troupe::protocol::close_code closed_with = troupe::protocol::close_code::none;
};

/// A mount that hears, and does nothing.
struct stuck_mount final : mount_gateway {
  void send(const mount_handle&, mount_input what) override {
    ++inputs;
    last = what.client;
    if (what.what == mount_input::kind::closed)
      closed.push_back(what.client);
  }
  std::size_t inputs = 0;
  std::vector<troupe::session_id> closed;
  troupe::session_id last{};
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

TEST_CASE("a client that does not take the answers of a mount is not read until it does, and not cut off") {
  shard_fixture s{{}};
  stuck_mount mount;
  mount_clients mounts{s.inside(), mount};
  mounts.lives("/m", {});
  const auto c = std::make_shared<bare_connection>();
  mounts.open("/m", c);
  const auto answer = [&](std::size_t bytes) {
    mount_effects said;
    said.mount = "/m";
    said.inputs = 1;
    said.all.emplace_back(mount_effects::said{mount.last, std::string(bytes, 'x'), false});
    said.all.emplace_back(mount_effects::handled{mount.last});
    mounts.take(said);
  };
  c->user->on_message("a", true);
  CHECK(!c->is_read);
  answer(60'000);
  CHECK(c->is_read);
  c->full = true;
  c->user->on_message("b", true);
  answer(60'000);
  CHECK(c->is_read); // still within limits.outbox_bytes
  c->user->on_message("c", true);
  answer(60'000);
  CHECK(!c->is_read);
  CHECK(c->closed_with == troupe::protocol::close_code::none);
  c->full = false;
  c->waiting = 0;
  c->user->on_writable();
  CHECK(c->is_read);
  c->user->on_closed(troupe::protocol::close_code::normal, {});
}

TEST_CASE("a client that takes nothing of what a mount says of its own accord is closed with 4002") {
  shard_fixture s{{}};
  stuck_mount mount;
  mount_clients mounts{s.inside(), mount};
  mounts.lives("/m", {});
  const auto c = std::make_shared<bare_connection>();
  c->full = true;
  mounts.open("/m", c);
  for (int i = 0; i < 5; ++i) {
    mount_effects said;
    said.all.emplace_back(mount_effects::said{mount.last, std::string(60'000, 'x'), false});
    mounts.take(said);
  }
  CHECK(c->closed_with == troupe::protocol::close_code::overflow);
  c->user->on_closed(troupe::protocol::close_code::overflow, {});
}

TEST_CASE("where a shard ends, its mounts hear of each client that was there, once") {
  shard_fixture s{{}};
  stuck_mount mount;
  auto mounts = std::make_unique<mount_clients>(s.inside(), mount);
  mounts->lives("/m", {});
  std::vector<troupe::session_id> there;
  std::vector<std::shared_ptr<bare_connection>> sockets;
  for (int i = 0; i < 3; ++i) {
    sockets.push_back(std::make_shared<bare_connection>());
    mounts->open("/m", sockets.back());
    there.push_back(mount.last);
  }
  sockets[0]->user->on_closed(troupe::protocol::close_code::normal, {}); // before
  CHECK(mount.closed == std::vector{there[0]});
  mounts->close_all(troupe::protocol::close_code::internal, "internal error"); // as the shard does
  mounts = nullptr;
  std::sort(mount.closed.begin() + 1, mount.closed.end());
  CHECK(mount.closed == there);
}
