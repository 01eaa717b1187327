#include "actors/node/standard_streams.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace troupe::actors {

void keep_standard_streams() noexcept {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd)
    if (::fcntl(fd, F_GETFD) == -1)
      (void)::open("/dev/null", O_RDWR); // takes the lowest free number, which is this one
}

} // namespace troupe::actors
