#include "actors/stores/memory_store.hpp"

#include "actors/stores/kept_channels.hpp"
#include "actors/stores/memory_partition.hpp"

#include <utility>

namespace troupe::actors {

memory_store::memory_store(clock now, memory_limits limits, std::uint64_t seed)
    : kept_(std::make_shared<kept_channels>(std::move(now), limits, seed)) {}

memory_store::~memory_store() = default;

void memory_store::open(const std::string& channel, const retention& keep, const starter& by, post,
                        std::function<void(tl::expected<std::unique_ptr<partition>, failure>)> then) {
  auto* what = kept_->take(channel, keep, by);
  if (!what)
    return then(tl::unexpected(failure{error_code::unavailable, "the channel's partition is in use"}));
  then(std::make_unique<memory_partition>(*what, kept_));
}

void memory_store::sweep() { kept_->sweep(); }

std::size_t memory_store::bytes() const { return kept_->bytes(); }

std::size_t memory_store::idle() const { return kept_->idle(); }

} // namespace troupe::actors
