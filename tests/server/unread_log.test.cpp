// A log that nobody can or will read costs nobody anything: not the clients, not the end of the node.

#include "tests/server/web_socket.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <string>
#include <unistd.h>

using namespace troupe::server::test;

namespace {

/// A pipe that is full; nobody reads it until the test does.
class full_pipe {
 public:
  full_pipe() {
    REQUIRE(::pipe2(ends_.data(), O_CLOEXEC | O_NONBLOCK) == 0);
    for (const std::size_t piece : {4096, 1})
      while (::write(ends_[1], std::string(piece, 'x').data(), piece) > 0)
        continue;
    REQUIRE(errno == EAGAIN);
    ::fcntl(ends_[1], F_SETFL, 0); // as a program that is started knows it: it waits
  }
  ~full_pipe() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  full_pipe(const full_pipe&) = delete;
  full_pipe& operator=(const full_pipe&) = delete;

  [[nodiscard]] int in() const noexcept { return ends_[1]; }

  std::string read_some() {
    std::string bytes(65536, '\0');
    const auto n = ::read(ends_[0], bytes.data(), bytes.size());
    bytes.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return bytes;
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

class descriptor {
 public:
  explicit descriptor(const char* path) : number(::open(path, O_WRONLY | O_CLOEXEC)) { REQUIRE(number >= 0); }
  ~descriptor() { ::close(number); }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  const int number;
};

/// Clients come, join, hear each other and go, and the API answers, until so many log lines were lost.
void use(running_node& node, std::uint64_t lines_lost) {
  web_socket reader{node.port()};
  reader.join("open:a");
  std::uint64_t published = 0;
  do {
    web_socket other{node.port()};
    other.join("open:b");
    CHECK(other.ask({{"action", "ping"}})["type"] == "reply");
    ++published;
    CHECK(node.publish("open:a", published) == published);
    CHECK(reader.hear("broadcast")["data"] == published);
  } while (node.metric("log_lines_lost") < lines_lost);
}

constexpr const char* chatty = "--log.level=debug";
constexpr const char* small = "--log.queue_bytes=4KiB";

} // namespace

TEST_CASE("a node whose log nobody reads serves, answers and ends in time") {
  full_pipe pipe;
  running_node node{{chatty, small}, troupe_program(), {}, pipe.in()};
  use(node, 50);
  const auto began = std::chrono::steady_clock::now();
  CHECK(node.stop() == 0);
  CHECK(std::chrono::steady_clock::now() - began < 15s);
}

TEST_CASE("a log that is read again says how many lines were lost") {
  full_pipe pipe;
  running_node node{{chatty, small}, troupe_program(), {}, pipe.in()};
  use(node, 10);
  std::string read;
  CHECK(eventually([&] {
    read += pipe.read_some();
    return read.find(" lines were lost") != std::string::npos;
  }));
  CHECK(node.stop() == 0);
}

TEST_CASE("a node whose log has no disk left serves and ends in time") {
  const descriptor full{"/dev/full"};
  running_node node{{chatty}, troupe_program(), {}, full.number};
  use(node, 50);
  CHECK(node.stop() == 0);
}

TEST_CASE("a node that was started without stderr writes its log into nobody's socket") {
  running_node node{{chatty}, troupe_program(), {}, process::closed};
  web_socket reader{node.port()};
  reader.join("open:a");
  node.publish("open:a", 1);
  CHECK(reader.hear("broadcast")["data"] == 1);
  const auto err = std::filesystem::read_symlink("/proc/" + std::to_string(node.program().id()) + "/fd/2");
  CHECK(err == "/dev/null");
  CHECK(node.stop() == 0);
}

TEST_CASE("a stuck handler whose node's log nobody reads does not keep the process") {
  full_pipe pipe;
  running_node node{{"--drain.deadline", "2s", "--drain.retry_after", "1s", "--drain.pace", "0", small},
                    odd_program(),
                    {},
                    pipe.in()};
  web_socket s{node.port()};
  s.join("room:1");
  s.say({{"action", "call"}, {"channel", "room:1"}, {"event", "stick"}});
  REQUIRE(eventually([&] { return node.metric("messagesReceived") >= 2; }));
  CHECK(node.stop() == 70);
}
