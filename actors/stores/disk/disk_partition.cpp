#include "actors/stores/disk/disk_partition.hpp"

#include <utility>

namespace troupe::actors {

namespace {

failure ended() { return {error_code::unavailable, "the disk store has ended"}; }
failure behind() { return {error_code::busy, "the disk is behind: try again"}; }

} // namespace

disk_partition::disk_partition(disk_core_ptr core, disk_channel_ptr channel, disk_owner_ptr owner, const retention& keep,
                               std::shared_ptr<const disk_keys> keys)
    : core_(std::move(core)), channel_(std::move(channel)), owner_(std::move(owner)), view_(owner_->view), keep_(keep),
      keys_(std::move(keys)) {}

disk_partition::~disk_partition() { core_->queue.put(order<close_order>()); }

template <class Order>
Order disk_partition::order() const {
  Order what;
  what.channel = channel_;
  what.owner = owner_;
  return what;
}

std::size_t disk_partition::bytes() const { return view_->bytes + (view_->snapshot ? view_->snapshot->size() : 0); }

// -- writing ------------------------------------------------------------------

void disk_partition::append(publication draft, append_key key, std::function<void(tl::expected<kept, failure>)> then) {
  auto what = order<append_order>();
  what.draft = std::move(draft);
  what.key = std::move(key);
  what.then = then;
  if (!core_->queue.put(std::move(what)))
    then(tl::unexpected(ended()));
}

void disk_partition::save_snapshot(payload state, std::function<void(tl::expected<void, failure>)> then) {
  auto what = order<snapshot_order>();
  what.state = state;
  what.then = [view = view_, state = std::move(state), then](tl::expected<void, failure> kept) {
    if (kept)
      view->snapshot = state;
    then(std::move(kept));
  };
  if (!core_->queue.put(std::move(what)))
    then(tl::unexpected(ended()));
}

void disk_partition::keep_answer(append_key key, call_answer answer,
                                 std::function<void(tl::expected<void, failure>)> then) {
  auto what = order<answer_order>();
  what.key = std::move(key);
  what.what = append_keys::to_keep(std::move(answer), keep_);
  what.then = then;
  if (!core_->queue.put(std::move(what)))
    then(tl::unexpected(ended()));
}

void disk_partition::keep_position(offset_t at) {
  view_->position = at;
  auto what = order<position_order>();
  what.at = at;
  core_->queue.put(std::move(what));
}

// -- reading ------------------------------------------------------------------

std::optional<offset_t> disk_partition::find(const append_key& key) const {
  const std::lock_guard alone{keys_->guard};
  return keys_->known.find(key, keep_, core_->now());
}

std::optional<call_answer> disk_partition::find_answer(const append_key& key) const {
  const std::lock_guard alone{keys_->guard};
  return keys_->known.find_answer(key, keep_, core_->now());
}

void disk_partition::read(offset_t since, std::size_t items_max, std::size_t bytes_max, page_callback then) {
  ask(since, false, items_max, bytes_max, std::move(then));
}

void disk_partition::read_back(offset_t before, std::size_t items_max, std::size_t bytes_max, page_callback then) {
  ask(before, true, items_max, bytes_max, std::move(then));
}

/// Reads are asked for in any order: what is refused is refused within the call.
void disk_partition::ask(offset_t from, bool back, std::size_t items_max, std::size_t bytes_max, page_callback then) {
  auto what = order<read_order>();
  what.from = from;
  what.back = back;
  what.items_max = items_max;
  what.bytes_max = bytes_max;
  what.then = then;
  if (!core_->queue.put(std::move(what)))
    then(tl::unexpected(behind()));
}

} // namespace troupe::actors
