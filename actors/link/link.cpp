#include "actors/link/link.hpp"

#include "actors/link/effect_size.hpp"

#include <utility>

namespace troupe::actors {

link::link(const command_batch& first, limits most)
    : from_(first.from), shard_(first.shard), slot_(first.slot), most_(most), backlog_(most.bytes) {}

// -- saying -------------------------------------------------------------------

void link::say(outbound_item item) {
  if (!closed_)
    queue_.push(std::move(item));
}

void link::say(effect_slot_ptr slot) {
  if (!closed_)
    queue_.push(std::move(slot));
}

effect_slot_ptr link::reserve() {
  auto slot = std::make_shared<effect_slot>();
  say(slot);
  return slot;
}

void link::close() {
  closed_ = true;
  queue_ = {};
  backlog_ = backlog{most_.bytes};
}

void link::flush(link_host& host, bool regardless) {
  regardless_ = regardless;
  std::vector<outbound_item> ready;
  queue_.take_ready(ready);
  if (!backlog_.active()) {
    if (ready.empty())
      return;
    if (has_credit())
      return send(host, std::move(ready));
    backlog_.begin(position_);
  }
  for (auto& item : ready)
    backlog_.take(std::move(item));
  catch_up(host);
}

// -- credit -------------------------------------------------------------------

void link::acknowledged(std::uint32_t batches) {
  for (; batches > 0 && !under_way_.empty(); --batches) {
    under_way_bytes_ -= under_way_.front();
    under_way_.pop_front();
  }
}

bool link::has_credit() const noexcept {
  return regardless_ || (under_way_.size() < most_.batches && under_way_bytes_ < most_.bytes);
}

/// Sends the backlog as far as credit goes.
void link::catch_up(link_host& host) {
  while (backlog_.active() && !reading_ && has_credit()) {
    if (!backlog_.wants_page()) {
      send(host, backlog_.release({}, host.epoch()));
      backlog_.end();
      return;
    }
    reading_ = true;
    host.read(backlog_.cursor(), [self = weak_from_this(), &host](tl::expected<history_page, failure> page) {
      if (const auto alive = self.lock())
        alive->take_page(host, std::move(page));
    });
  }
}

void link::take_page(link_host& host, tl::expected<history_page, failure> page) {
  reading_ = false;
  if (!backlog_.active())
    return;
  history_page none;
  none.lost = true; // a store that cannot be read has lost it, as far as this link goes
  send(host, backlog_.release(page ? *page : none, host.epoch()));
  if (backlog_.empty())
    backlog_.end();
}

void link::send(link_host& host, std::vector<outbound_item> items) {
  if (items.empty() || closed_)
    return;
  auto batch = std::make_shared<effect_batch>();
  batch->slot = slot_;
  batch->epoch = host.epoch();
  batch->effects.reserve(items.size());
  for (auto& item : items) {
    if (item.done)
      batch->completed.push_back(*item.done);
    if (!item.what)
      continue;
    if (const auto* p = std::get_if<published>(&*item.what); p != nullptr && p->what->offset != 0)
      position_ = p->what->offset;
    else if (const auto* s = std::get_if<skipped>(&*item.what))
      position_ = s->at.offset;
    else if (const auto* e = std::get_if<epoch_changed>(&*item.what))
      position_ = e->at.offset;
    batch->bytes += size_of(*item.what);
    batch->effects.push_back(std::move(*item.what));
  }
  under_way_.push_back(batch->bytes);
  under_way_bytes_ += batch->bytes;
  host.send(*this, std::move(batch));
}

} // namespace troupe::actors
