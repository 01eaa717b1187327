#include "actors/link/channel_end.hpp"

#include "actors/link/effect_size.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

effect_batch_ptr broken_link(const link_id& id) {
  auto batch = std::make_shared<effect_batch>();
  batch->to = id;
  batch->broken = true;
  return batch;
}

channel_end::channel_end(const link_id& id, std::unique_ptr<effect_outlet> to, limits most)
    : id_(id), to_(std::move(to)), most_(most) {}

// -- hearing ------------------------------------------------------------------

channel_end::commands channel_end::take(command_batch& batch) {
  if (closed_)
    return {};
  if (broken_ || batch.first > next_command_) {
    break_off();
    return {};
  }
  taken(batch.effects_taken);
  probed_ = probed_ || batch.probe;
  const auto known = std::min<std::size_t>(next_command_ - batch.first, batch.commands.size());
  const commands fresh{next_command_, std::span{batch.commands}.subspan(known)};
  next_command_ += fresh.all.size();
  return fresh;
}

void channel_end::break_off() {
  broken_ = true;
  queue_ = {};
  backlog_ = nullptr;
  to_->send(broken_link(id_));
}

// -- saying -------------------------------------------------------------------

void channel_end::say(outbound_item item) {
  if (!closed_ && !broken_)
    queue_.push(std::move(item));
}

void channel_end::say(effect_slot_ptr slot) {
  if (!closed_ && !broken_)
    queue_.push(std::move(slot));
}

effect_slot_ptr channel_end::reserve() {
  auto slot = std::make_shared<effect_slot>();
  say(slot);
  return slot;
}

void channel_end::close() {
  closed_ = true;
  queue_ = {};
  backlog_ = nullptr;
}

void channel_end::flush(channel_end_host& host, bool regardless) {
  regardless_ = regardless;
  std::vector<outbound_item> ready;
  queue_.take_ready(ready);
  caused_ = ready.empty() ? decltype(caused_){} : host.caused();
  if (!backlog_ && (ready.empty() || has_credit())) {
    send(std::move(ready));
  } else {
    if (!backlog_)
      backlog_ = std::make_unique<backlog>(most_.bytes, position_);
    for (auto& item : ready)
      backlog_->take(std::move(item));
    catch_up(host);
  }
  if (std::exchange(probed_, false) && !closed_ && !broken_)
    send(std::make_shared<effect_batch>()); // of no effect, but of a number
}

// -- credit -------------------------------------------------------------------

void channel_end::taken(batch_number up_to) {
  for (; !under_way_.empty() && sent_ - under_way_.size() < up_to; under_way_.pop_front())
    under_way_bytes_ -= under_way_.front();
}

bool channel_end::has_credit() const noexcept {
  return regardless_ || (under_way_.size() < most_.batches && under_way_bytes_ < most_.bytes);
}

/// Sends the backlog as far as credit goes.
void channel_end::catch_up(channel_end_host& host) {
  while (backlog_ && !reading_ && has_credit()) {
    if (!backlog_->wants_page()) {
      send(backlog_->release({}, host.epoch()));
      backlog_ = nullptr;
      return;
    }
    reading_ = true;
    host.read(backlog_->cursor(), [self = weak_from_this(), &host](tl::expected<history_page, failure> page) {
      if (const auto alive = self.lock())
        alive->take_page(host, std::move(page));
    });
  }
}

void channel_end::take_page(channel_end_host& host, tl::expected<history_page, failure> page) {
  reading_ = false;
  caused_ = {}; // of old, and late anyway
  if (!backlog_)
    return;
  history_page none;
  none.lost = true; // a store that cannot be read has lost it, as far as this link goes
  send(backlog_->release(page ? *page : none, host.epoch()));
  if (backlog_->empty())
    backlog_ = nullptr;
}

std::vector<session_id> channel_end::take_overflowed() {
  return backlog_ ? backlog_->take_overflowed() : std::vector<session_id>{};
}

bool channel_end::take_presence_lost() { return backlog_ && backlog_->take_presence_lost(); }

void channel_end::send(std::vector<outbound_item> items) {
  if (items.empty())
    return;
  auto batch = std::make_shared<effect_batch>();
  batch->effects.reserve(items.size());
  for (auto& item : items) {
    if (item.done != 0)
      batch->completed.push_back(item.done);
    if (!item.what)
      continue;
    if (const auto* p = effect_as<published>(*item.what); p != nullptr && p->what->offset != 0)
      position_ = p->what->offset;
    else if (const auto* s = effect_as<skipped>(*item.what))
      position_ = s->at.offset;
    else if (const auto* e = effect_as<epoch_changed>(*item.what))
      position_ = e->at.offset;
    batch->bytes += size_of(*item.what);
    batch->effects.push_back(std::move(*item.what));
  }
  if (!batch->effects.empty() || !batch->completed.empty())
    send(std::move(batch));
}

void channel_end::send(effect_batch_ptr batch) {
  if (closed_ || broken_)
    return;
  batch->to = id_;
  batch->number = ++sent_;
  batch->caused = caused_;
  under_way_.push_back(batch->bytes);
  under_way_bytes_ += batch->bytes;
  to_->send(std::move(batch));
}

} // namespace troupe::actors
