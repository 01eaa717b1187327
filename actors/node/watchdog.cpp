#include "actors/node/watchdog.hpp"

#include <unistd.h>
#include <utility>

namespace troupe::actors {

watchdog::watchdog(std::chrono::milliseconds deadline, std::function<void()> last_words)
    : thread_([this, deadline, last_words = std::move(last_words)] {
        std::unique_lock guard{mutex_};
        if (over_changed_.wait_for(guard, deadline, [this] { return over_; }))
          return;
        last_words();
        ::_exit(status);
      }) {}

watchdog::~watchdog() {
  {
    const std::lock_guard guard{mutex_};
    over_ = true;
  }
  over_changed_.notify_all();
  thread_.join();
}

} // namespace troupe::actors
