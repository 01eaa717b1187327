#include "actors/stores/memory_partition.hpp"

#include <utility>

namespace troupe::actors {

memory_partition::memory_partition(std::string channel, const retention& keep, std::unique_ptr<memory_history> what,
                                   std::shared_ptr<idle_partitions> home)
    : channel_(std::move(channel)), keep_(keep), what_(std::move(what)), home_(std::move(home)) {}

memory_partition::~memory_partition() { home_->give_back(channel_, std::move(what_), keep_); }

void memory_partition::append(publication draft, std::string key,
                              std::function<void(tl::expected<kept, failure>)> then) {
  kept done;
  counted([&] { done = what_->append(std::move(draft), std::move(key), keep_, home_->now()); });
  if (home_->over_limit())
    make_room();
  then(std::move(done));
}

void memory_partition::read(offset_t since, std::size_t items_max, std::size_t bytes_max,
                            std::function<void(tl::expected<history_page, failure>)> then) {
  trim();
  then(what_->after(since, items_max, bytes_max));
}

void memory_partition::read_back(offset_t before, std::size_t items_max, std::size_t bytes_max,
                                 std::function<void(tl::expected<history_page, failure>)> then) {
  trim();
  then(what_->before(before, items_max, bytes_max));
}

void memory_partition::save_snapshot(payload state) {
  counted([&] { what_->snapshot = std::move(state); });
}

template <class F>
void memory_partition::counted(F change) {
  const auto before = what_->bytes();
  change();
  home_->count(before, what_->bytes());
}

void memory_partition::trim() {
  counted([this] { what_->trim(keep_, home_->now()); });
}

/// The node keeps too much: what nobody uses goes first, then this channel's oldest.
void memory_partition::make_room() {
  while (home_->over_limit() && home_->forget_oldest()) {
  }
  while (home_->over_limit() && !what_->empty())
    counted([this] { what_->drop_oldest(); });
}

} // namespace troupe::actors
