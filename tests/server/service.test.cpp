// A node as a service: what it tells its manager, where it keeps its state, and how it leaves a load balancer's list.

#include "tests/server/web_socket.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <fstream>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

using namespace troupe::server::test;

namespace {

/// What systemd is to a service: a socket that hears of its state.
class manager {
 public:
  manager() : path_((scratch_ / "notify").string()) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    const timeval longest{std::chrono::duration_cast<std::chrono::seconds>(patience).count(), 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &longest, sizeof longest);
  }
  ~manager() { ::close(socket_); }
  manager(const manager&) = delete;
  manager& operator=(const manager&) = delete;

  [[nodiscard]] std::string variable() const { return "NOTIFY_SOCKET=" + path_; }

  /// The next thing it is told; empty: nothing comes.
  std::string hears() {
    char text[512];
    const auto n = ::recv(socket_, text, sizeof text, 0);
    return n > 0 ? std::string(text, static_cast<std::size_t>(n)) : std::string{};
  }

 private:
  troupe::config::scratch_directory scratch_;
  const std::string path_;
  const int socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
};

} // namespace

TEST_CASE("a service manager hears when a node serves, reloads and stops") {
  manager systemd;
  running_node node{{}, troupe_program(), {systemd.variable()}};
  CHECK(systemd.hears() == "READY=1");
  node.program().signal(SIGHUP);
  CHECK(systemd.hears().starts_with("RELOADING=1\nMONOTONIC_USEC="));
  CHECK(systemd.hears() == "READY=1");
  node.program().signal(SIGTERM);
  CHECK(systemd.hears() == "STOPPING=1");
  CHECK(node.program().status() == 0);
}

TEST_CASE("a manager that wants to see that a node lives is told so, again and again") {
  manager systemd;
  running_node node{{}, troupe_program(), {systemd.variable(), "WATCHDOG_USEC=100000"}};
  CHECK(systemd.hears() == "READY=1");
  for (int i = 0; i < 3; ++i)
    CHECK(systemd.hears() == "WATCHDOG=1");
  CHECK(node.stop() == 0);
}

TEST_CASE("a unit's state directory is where a node keeps what it makes for itself") {
  troupe::config::scratch_directory scratch;
  const auto unit = scratch / "of-the-unit";
  running_node node{{}, troupe_program(), {"STATE_DIRECTORY=" + unit.string()}};
  std::ifstream in{unit / (std::to_string(node.port()) + ".key")};
  std::string key;
  CHECK(in >> key);
  CHECK(node.get("/api/channels", "Authorization: Bearer " + key + "\r\n").status == 200);
  CHECK(node.stop() == 0);
}

TEST_CASE("after SIGTERM a node with drain.delay is not ready and serves on; a reload that shortens the delay ends it") {
  troupe::config::scratch_directory scratch;
  const auto file = (scratch / "node.toml").string();
  const auto write = [&](const char* delay) {
    std::ifstream demo{demo_file()};
    std::ofstream{file} << demo.rdbuf() << "\n[drain]\ndelay = \"" << delay << "\"\n";
  };
  write("1h");
  running_node node{{"--config", file}};
  web_socket before{node.port()};
  before.join("open:a");
  node.program().signal(SIGTERM);
  CHECK(node.program().says("leaving: not ready any more; the drain begins after drain.delay, 1h"));
  CHECK(node.get("/readyz").status == 503);
  web_socket after{node.port()};
  after.join("open:a");
  after.say({{"action", "publish"}, {"channel", "open:a"}, {"data", "still here"}});
  CHECK(before.hear("broadcast")["data"] == "still here");
  write("0s");
  node.program().signal(SIGHUP);
  CHECK(before.hear("closing")["reason"] == "drain");
  CHECK(node.program().status() == 0);
}
