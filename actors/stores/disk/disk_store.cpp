#include "actors/stores/disk/disk_store.hpp"

#include "actors/stores/disk/disk_core.hpp"
#include "actors/stores/disk/disk_worker.hpp"

#include <pthread.h>
#include <utility>

namespace troupe::actors {

disk_store::disk_store(disk_settings how, clock now, announcer& events, std::uint64_t seed, runs where)
    : dir_(how.dir), core_(std::make_shared<disk_core>(how.queue_bytes, std::move(now))),
      worker_(std::make_unique<disk_worker>(how, core_, events, seed)) {
  worker_->start();
  if (where == runs::when_told)
    return;
  thread_ = std::thread{[this] {
    ::pthread_setname_np(::pthread_self(), "disk");
    while (core_->queue.wait())
      worker_->work();
  }};
}

disk_store::~disk_store() {
  core_->queue.close();
  if (thread_.joinable())
    thread_.join();
  while (worker_->work()) {
  }
}

bool disk_store::work() { return worker_->work(); }

void disk_store::open(const std::string& channel, const retention& keep, const starter& by, post back,
                      std::function<void(tl::expected<std::unique_ptr<partition>, failure>)> then) {
  if (!core_->queue.put(open_order{channel, keep, by, std::move(back), then}))
    then(tl::unexpected(failure{error_code::unavailable, "the disk store has ended"}));
}

void disk_store::sweep() { core_->queue.put(sweep_order{}); }

disk_use disk_store::disk() const {
  const auto& s = core_->status;
  return {s.file_bytes, s.kept_bytes, core_->queue.bytes(), s.syncs, core_->queue.refusals(), s.channels};
}

std::optional<std::string> disk_store::trouble() const { return core_->status.trouble(); }

} // namespace troupe::actors
