#include "tests/server/process.hpp"

#include <array>
#include <csignal>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace troupe::server::test {

namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (auto& t : texts)
    all.push_back(t.data());
  all.push_back(nullptr);
  return all;
}

std::vector<std::string> whole_environment(std::vector<std::string> more) {
  for (char** e = environ; *e; ++e)
    if (const std::string_view own{*e}; !own.starts_with("TROUPE_"))
      more.emplace_back(own);
  return more;
}

std::array<int, 2> pipe_ends() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    throw std::runtime_error("no pipe");
  return ends;
}

/// Appends what there is; false at the end.
bool read_some(int fd, std::string& into) {
  std::array<char, 16384> bytes;
  const auto n = ::read(fd, bytes.data(), bytes.size());
  if (n > 0)
    into.append(bytes.data(), static_cast<std::size_t>(n));
  return n > 0;
}

} // namespace

process::process(const std::string& program, std::vector<std::string> arguments, std::vector<std::string> environment,
                 std::optional<int> own_err) {
  arguments.insert(arguments.begin(), program);
  auto variables = whole_environment(std::move(environment));
  const auto argv = pointers(arguments), envp = pointers(variables);
  const auto out = pipe_ends(), err = pipe_ends();
  id_ = ::fork();
  if (id_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL); // a test that is killed leaves nothing behind
    ::dup2(out[1], STDOUT_FILENO);
    if (own_err == closed)
      ::close(STDERR_FILENO);
    else
      ::dup2(own_err.value_or(err[1]), STDERR_FILENO);
    ::execve(program.c_str(), argv.data(), envp.data());
    ::_exit(127);
  }
  ::close(out[1]);
  ::close(err[1]);
  if (id_ < 0)
    throw std::runtime_error("no process");
  handle_ = static_cast<int>(::syscall(SYS_pidfd_open, id_, 0));
  listener_ = std::thread([this, from = out[0], and_from = err[0]] { listen(from, and_from); });
}

process::~process() {
  if (!status_) {
    signal(SIGKILL);
    status();
  }
  if (listener_.joinable())
    listener_.join();
  ::close(handle_);
}

void process::signal(int number) const { ::kill(id_, number); }

// -- hearing ------------------------------------------------------------------

void process::listen(int out, int err) {
  std::array<pollfd, 2> from{pollfd{out, POLLIN, 0}, pollfd{err, POLLIN, 0}};
  while (from[0].fd >= 0 || from[1].fd >= 0) {
    ::poll(from.data(), from.size(), -1);
    for (std::size_t i = 0; i < from.size(); ++i) {
      if (from[i].fd < 0 || from[i].revents == 0)
        continue;
      std::string heard;
      const bool more = read_some(from[i].fd, heard);
      if (!more)
        ::close(std::exchange(from[i].fd, -1));
      const std::lock_guard guard{mutex_};
      (i == 0 ? out_ : err_) += heard;
      said_.notify_all();
    }
  }
  const std::lock_guard guard{mutex_};
  silent_ = true;
  said_.notify_all();
}

std::string process::out() {
  const std::lock_guard guard{mutex_};
  return out_;
}

std::string process::err() {
  const std::lock_guard guard{mutex_};
  return err_;
}

bool process::says(std::string_view text, milliseconds time) {
  std::unique_lock guard{mutex_};
  const auto said = [&] { return out_.find(text) != std::string::npos || err_.find(text) != std::string::npos; };
  said_.wait_for(guard, time, [&] { return said() || silent_; });
  return said();
}

// -- ending -------------------------------------------------------------------

std::optional<int> process::status_within(milliseconds time) {
  pollfd ended{handle_, POLLIN, 0};
  if (status_ || ::poll(&ended, 1, static_cast<int>(time.count())) <= 0)
    return status_;
  int how = 0;
  if (::waitpid(id_, &how, 0) != id_)
    return std::nullopt;
  status_ = WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
  listener_.join(); // all that it said is here
  return status_;
}

outcome run(const std::string& program, std::vector<std::string> arguments, std::vector<std::string> environment) {
  process p{program, std::move(arguments), std::move(environment)};
  const int status = p.status();
  return {status, p.out(), p.err()};
}

void breathe() { ::poll(nullptr, 0, 10); }

} // namespace troupe::server::test
