#include "actors/stores/disk/disk_worker.hpp"

#include <utility>

namespace troupe::actors {

namespace {

constexpr std::size_t reads_per_round = 64;       // others' appends wait for them
constexpr std::size_t batch_bytes_max = 4 << 20;  // of one sync

failure unavailable(const std::string& why) { return {error_code::unavailable, "the disk store: " + why}; }

} // namespace

disk_worker::disk_worker(const disk_settings& how, disk_core_ptr core, announcer& events, std::uint64_t seed)
    : settings_(how), core_(std::move(core)), events_(events), engine_(settings_), batch_(engine_), pages_(engine_),
      trimmer_(engine_), epochs_(seed) {}

void disk_worker::start() {
  try_to_open();
  tell_size();
}

void disk_worker::tell_size() {
  core_->status.kept_bytes = catalogue_.bytes();
  core_->status.channels = catalogue_.size();
}

bool disk_worker::work() {
  auto taken = core_->queue.take(reads_per_round);
  if (taken.empty())
    return false;
  for (auto& order : taken.orders) {
    std::visit([this](auto& o) { handle(o); }, order);
    if (batch_.bytes() >= batch_bytes_max)
      commit();
  }
  commit();
  for (auto& order : taken.reads)
    handle(order);
  post_answers();
  tell_size();
  return true;
}

// -- who asks -----------------------------------------------------------------

/// Another may have opened the channel since.
bool disk_worker::is_owner(const owned_order& o) { return o.channel->open && o.channel->open->owner == o.owner; }

std::optional<failure> disk_worker::why_not(const owned_order& o, bool refused) {
  if (refused) {
    events_.announce(events::limit_passed{"disk.queue_bytes", o.channel->name});
    return failure{error_code::busy, "the disk is behind: try again"};
  }
  if (failed_)
    return unavailable(*failed_);
  if (full_)
    return unavailable(*full_);
  return std::nullopt;
}

// -- writing ------------------------------------------------------------------

void disk_worker::handle(append_order& o) {
  if (!is_owner(o))
    return;
  if (auto no = why_not(o, o.refused))
    return batch_.refuse(o, *std::move(no));
  batch_.add(o, now());
}

void disk_worker::handle(snapshot_order& o) {
  if (!is_owner(o))
    return;
  if (auto no = why_not(o, o.refused))
    return batch_.refuse(o, *std::move(no));
  batch_.add(o);
}

void disk_worker::handle(answer_order& o) {
  if (!is_owner(o))
    return;
  if (auto no = why_not(o, o.refused))
    return batch_.refuse(o, *std::move(no));
  batch_.add(o, now());
}

void disk_worker::handle(position_order& o) {
  if (is_owner(o) && !failed_ && !full_)
    batch_.add(o);
}

void disk_worker::handle(close_order& o) {
  if (!is_owner(o))
    return;
  commit(); // what it said before
  o.channel->open.reset();
  o.channel->record.used_at = now();
  changed(*o.channel);
}

void disk_worker::commit() {
  if (failed_)
    batch_.forget_changed();
  if (batch_.empty())
    return;
  const auto became = batch_.commit(now(), [this](const auto& to, auto what) { answer(to, std::move(what)); });
  core_->status.syncs += batch_.synced() ? 1 : 0;
  if (!became)
    failed(became.error());
  const auto committed = batch_.take_committed();
  for (const auto& which : committed)
    look_at(*which);
  post_answers();
  for (const auto& which : committed)
    trim_if_worth(*which);
}

// -- reading ------------------------------------------------------------------

void disk_worker::handle(read_order& o) {
  if (!is_owner(o))
    return;
  auto& which = *o.channel;
  if (disk_trimmer::is_over(which.record, bounds_of(which), now(), false))
    (void)trim(which, bounds_of(which));
  auto got = o.back ? pages_.before(which.record, o.from, o.items_max, o.bytes_max)
                    : pages_.after(which.record, o.from, o.items_max, o.bytes_max);
  if (got)
    return answer(o.owner, [then = std::move(o.then), page = *std::move(got)] { then(page); });
  if (!failed_)
    damaged(which.name + ": " + got.error());
  answer(o.owner, [then = std::move(o.then), why = unavailable(got.error())] { then(tl::unexpected(why)); });
}

// -- answers ------------------------------------------------------------------

void disk_worker::answer(const disk_owner_ptr& to, std::function<void()> what) {
  if (to->answers.empty())
    answering_.push_back(to);
  to->answers.push_back(std::move(what));
}

/// What an owner is told comes at once, so that its channel has one turn for all of it.
void disk_worker::post_answers() {
  for (const auto& owner : std::exchange(answering_, {})) {
    auto answers = std::exchange(owner->answers, {});
    const auto which = owner->channel.lock();
    if (!which)
      continue;
    owner->back([view = owner->view, epoch = which->record.epoch, head = which->record.head,
                 bytes = static_cast<std::size_t>(which->record.bytes), answers = std::move(answers)] {
      view->epoch = epoch;
      view->head = head;
      view->bytes = bytes;
      for (const auto& tell : answers)
        tell();
    });
  }
}

} // namespace troupe::actors
