// The last line of a process that dies by a signal of its own.

#include "actors/node/crash_line.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace troupe;
using namespace troupe::actors;

namespace {

constexpr unsigned given_up_after = 20; // seconds: by SIGALRM

/// A process that aborts while its log is `descriptor`; the signal that it ended by.
int ended_by(int descriptor) {
  const auto child = ::fork();
  if (child == 0) {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    std::signal(SIGABRT, SIG_DFL); // of the tests' own
    std::signal(SIGALRM, SIG_DFL);
    ::alarm(given_up_after);
    const crash_line last{{}, "n", descriptor};
    std::abort();
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

struct pipe_ends {
  pipe_ends() { REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0); }
  ~pipe_ends() {
    for (const int one : ends)
      ::close(one);
  }
  std::array<int, 2> ends{-1, -1};
};

} // namespace

TEST_CASE("a process that dies of a signal says so") {
  pipe_ends log;
  CHECK(ended_by(log.ends[1]) == SIGABRT);
  std::array<char, 256> text{};
  const auto n = ::read(log.ends[0], text.data(), text.size());
  REQUIRE(n > 0);
  const std::string line(text.data(), static_cast<std::size_t>(n));
  CHECK(line.find("the process ends by SIGABRT, outside of any handler\n") != std::string::npos);
}

TEST_CASE("a process dies although nobody reads its log") {
  pipe_ends log;
  const int flags = ::fcntl(log.ends[1], F_GETFL);
  ::fcntl(log.ends[1], F_SETFL, flags | O_NONBLOCK);
  const std::array<char, 1024> noise{};
  while (::write(log.ends[1], noise.data(), noise.size()) > 0)
    continue;
  ::fcntl(log.ends[1], F_SETFL, flags);
  CHECK(ended_by(log.ends[1]) == SIGABRT);
}
