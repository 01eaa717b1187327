#include "actors/stores/memory_store.hpp"

#include "actors/stores/idle_partitions.hpp"
#include "actors/stores/memory_partition.hpp"

#include <utility>

namespace troupe::actors {

memory_store::memory_store(clock now, memory_limits limits, std::uint64_t seed)
    : idle_(std::make_shared<idle_partitions>(std::move(now), limits, seed)) {}

memory_store::~memory_store() = default;

void memory_store::open(const std::string& channel, const retention& keep, post,
                        std::function<void(tl::expected<std::unique_ptr<partition>, failure>)> then) {
  auto what = idle_->take(channel);
  if (!what)
    return then(tl::unexpected(failure{error_code::unavailable, "the channel's partition is in use"}));
  then(std::make_unique<memory_partition>(channel, keep, std::move(what), idle_));
}

void memory_store::sweep() { idle_->sweep(); }

std::size_t memory_store::bytes() const { return idle_->bytes(); }

std::size_t memory_store::idle() const { return idle_->size(); }

} // namespace troupe::actors
