#include "actors/stores/disk/disk_queue.hpp"

#include "actors/stores/append_keys.hpp"

#include <utility>

namespace troupe::actors {

namespace {

constexpr std::size_t order_bytes = 256; // of one that carries nothing

std::size_t weight_of(const append_key& key) { return key.text.size() + key.publisher.size() + key.call.size(); }

} // namespace

// -- putting ------------------------------------------------------------------

/// With the mutex held.
bool disk_queue::is_full(std::size_t more) {
  const bool full = order_bytes_ + reads_.size() * order_bytes + more > bytes_max_;
  refusals_ += full ? 1 : 0;
  return full;
}

/// With the mutex held.
bool disk_queue::add(disk_order what, std::size_t bytes) {
  if (closed_)
    return false;
  order_bytes_ += bytes;
  orders_.push_back(std::move(what));
  waits_.notify_one();
  return true;
}

/// One that is refused waits without what it carried.
template <class Order>
bool disk_queue::put_or_refuse(Order what, std::size_t bytes, void (*empty)(Order&)) {
  const std::lock_guard guard{mutex_};
  bytes += order_bytes;
  what.refused = is_full(bytes);
  if (what.refused)
    empty(what), bytes = 0;
  return add(std::move(what), bytes);
}

bool disk_queue::put(append_order what) {
  const auto bytes = what.draft.size() + weight_of(what.key);
  return put_or_refuse<append_order>(std::move(what), bytes, [](auto& o) { o.draft = {}, o.key = {}; });
}

bool disk_queue::put(snapshot_order what) {
  const auto bytes = what.state.size();
  return put_or_refuse<snapshot_order>(std::move(what), bytes, [](auto& o) { o.state = {}; });
}

bool disk_queue::put(answer_order what) {
  const auto bytes = weight_of(what.key) + append_keys::size_of(what.what);
  return put_or_refuse<answer_order>(std::move(what), bytes, [](auto& o) { o.key = {}, o.what = {}; });
}

bool disk_queue::put(read_order what) {
  const std::lock_guard guard{mutex_};
  if (closed_ || is_full(order_bytes))
    return false;
  reads_.push_back(std::move(what));
  waits_.notify_one();
  return true;
}

void disk_queue::put(position_order what) {
  const std::lock_guard guard{mutex_};
  if (!is_full(order_bytes))
    add(std::move(what), order_bytes);
}

bool disk_queue::put(open_order what) {
  const std::lock_guard guard{mutex_};
  return add(std::move(what), 0);
}

void disk_queue::put(close_order what) {
  const std::lock_guard guard{mutex_};
  add(std::move(what), 0);
}

void disk_queue::put(sweep_order what) {
  const std::lock_guard guard{mutex_};
  if (!std::exchange(sweep_waits_, true))
    add(what, 0);
}

// -- taking -------------------------------------------------------------------

disk_queue::batch disk_queue::take(std::size_t reads_max) {
  const std::lock_guard guard{mutex_};
  batch taken;
  taken.orders = std::exchange(orders_, {});
  order_bytes_ = 0;
  sweep_waits_ = false;
  for (; reads_max > 0 && !reads_.empty(); --reads_max) {
    taken.reads.push_back(std::move(reads_.front()));
    reads_.pop_front();
  }
  return taken;
}

bool disk_queue::wait() {
  std::unique_lock guard{mutex_};
  waits_.wait(guard, [this] { return closed_ || !orders_.empty() || !reads_.empty(); });
  return !orders_.empty() || !reads_.empty();
}

void disk_queue::close() {
  const std::lock_guard guard{mutex_};
  closed_ = true;
  waits_.notify_all();
}

std::size_t disk_queue::bytes() const {
  const std::lock_guard guard{mutex_};
  return order_bytes_ + reads_.size() * order_bytes;
}

std::uint64_t disk_queue::refusals() const {
  const std::lock_guard guard{mutex_};
  return refusals_;
}

} // namespace troupe::actors
