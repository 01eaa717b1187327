#include "actors/endpoints/process_figures.hpp"

#include <cstdio>
#include <dirent.h>
#include <memory>
#include <sys/resource.h>
#include <unistd.h>

namespace troupe::actors {

namespace {

double seconds(const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; }

void read_memory(process_figures& into) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen("/proc/self/statm", "r"), std::fclose};
  unsigned long size = 0, resident = 0;
  if (!file || std::fscanf(file.get(), "%lu %lu", &size, &resident) != 2)
    return;
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  into.virtual_bytes = size * page;
  into.resident_bytes = resident * page;
}

std::uint64_t entries_of(const char* directory) {
  const std::unique_ptr<DIR, int (*)(DIR*)> open{::opendir(directory), ::closedir};
  std::uint64_t n = 0;
  while (open && ::readdir(open.get()))
    ++n;
  return n > 2 ? n - 2 : 0; // . and ..
}

} // namespace

std::uint64_t process_reader::open_fds(time_point now) const {
  const std::lock_guard guard{counting_};
  if (fds_ == 0 || now - counted_ > std::chrono::seconds{1}) {
    const auto found = entries_of("/proc/self/fd");
    fds_ = found > 0 ? found - 1 : 0; // that of the count
    counted_ = now;
  }
  return fds_;
}

process_figures process_reader::read(time_point now) const {
  process_figures f;
  read_memory(f);
  rusage used{};
  if (::getrusage(RUSAGE_SELF, &used) == 0)
    f.cpu_seconds = seconds(used.ru_utime) + seconds(used.ru_stime);
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0)
    f.max_fds = limit.rlim_cur;
  f.open_fds = open_fds(now);
  f.threads = entries_of("/proc/self/task");
  return f;
}

} // namespace troupe::actors
